package io.hightower.kv.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.hightower.kv.server.metrics.ServerMetrics;
import io.hightower.kv.statemachine.MembershipException;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.TooLargeException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Holds the server to docs/server_api.yaml. */
class ApiDescriptionTest {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch", "head", "options");

    private final JsonNode description = read();
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static JsonNode read() {
        try {
            return new YAMLMapper()
                    .readTree(Path.of("..", "docs", "server_api.yaml").toFile());
        } catch (IOException e) {
            throw new AssertionError("The tests run in the folder of their module", e);
        }
    }

    private List<String> described() {
        List<String> operations = new ArrayList<>();
        description.path("paths").properties().forEach(path -> path.getValue()
                .fieldNames()
                .forEachRemaining(method -> {
                    if (METHODS.contains(method)) {
                        operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
                    }
                }));
        return operations;
    }

    @Test
    void everyDescribedOperationIsServedAndNoOther() {
        ByteBudget budget = new ByteBudget(1);
        WriteHandOver writes = new WriteHandOver(Runnable::run, Duration.ZERO);
        List<String> served;
        try (ScriptedEngine engine = new ScriptedEngine();
                ServerMetrics metrics = new ServerMetrics()) {
            served = RestRouter.of(
                            new KeyOperations(engine, writes, 1, budget, budget),
                            new ScanOperation(engine, Runnable::run, budget),
                            new StatusOperations(vertx, engine, metrics),
                            new MemberOperations(vertx, engine, 1, budget))
                    .served();
        }

        assertThat(served.stream().filter(operation -> !operation.startsWith("HEAD ")))
                .containsExactlyInAnyOrderElementsOf(described());
    }

    @Test
    void everyOperationNamesItsErrors() {
        description.path("paths").properties().forEach(path -> path.getValue().properties().stream()
                .filter(method -> METHODS.contains(method.getKey()))
                .forEach(
                        method -> assertThat(method.getValue().path("responses").fieldNames())
                                .toIterable()
                                .as(method.getKey() + " " + path.getKey())
                                .contains("405", "500")));
    }

    @Test
    void everyCodeOfTheTableIsDescribed() {
        String text = description.path("info").path("description").asText();

        Stream.concat(
                        Stream.concat(
                                Stream.of(NotReplicatedException.Reason.values())
                                        .map(reason -> new NotReplicatedException(reason, "no")),
                                Stream.of(MembershipException.Reason.values())
                                        .map(reason -> new MembershipException(reason, "no"))),
                        Stream.of(
                                new TooLargeException("no"),
                                new IllegalArgumentException("no"),
                                new OutcomeUnknownException("no"),
                                new ReadUnavailableException("no"),
                                new StorageException("no"),
                                new IllegalStateException("no")))
                .map(ErrorTable::answerTo)
                .forEach(answer -> assertThat(text)
                        .containsPattern("\\| " + answer.status() + " \\|[^|]*`" + answer.code() + "`"));
    }
}
