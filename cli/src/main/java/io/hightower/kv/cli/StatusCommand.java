package io.hightower.kv.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.hightower.kv.client.RestClient;
import io.hightower.kv.client.ServerStatus;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code status} command. */
@Command(
        name = "status",
        description = {
            "Print where each server of --endpoints stands, as it says itself.",
            "",
            "After the same commands the state hash is equal on every member. The exit code is 9 if a server cannot be asked."
        },
        footer = {
            "",
            "Examples:",
            "  hightower status",
            "  hightower status --json --endpoints http://127.0.0.1:8080,http://127.0.0.1:8081"
        })
final class StatusCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    private final ClientFlags client = new ClientFlags();

    @Option(names = "--json", description = "Print a JSON object a line, one for each server.")
    private boolean json;

    StatusCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        int exitCode = ExitCode.OK;
        try (RestClient store = client.open()) {
            for (URI endpoint : client.endpoints()) {
                try {
                    print(endpoint, store.status(endpoint));
                } catch (OutputException e) {
                    throw e;
                } catch (RuntimeException e) {
                    // The others may still answer.
                    Failure failure = Failure.ofRequest(e);
                    surroundings.tell(failure.line());
                    exitCode = failure.exitCode();
                }
            }
        }
        return exitCode;
    }

    private void print(URI endpoint, ServerStatus status) throws IOException {
        if (json) {
            JsonLine.write(surroundings.output(), line -> writeFields(line, endpoint, status));
            return;
        }
        String text = "endpoint: " + endpoint
                + "\nmember: " + named(status.memberName(), status.memberId())
                + "\nrole: " + status.role()
                + "\nleader: "
                + status.leaderId()
                        .map(id -> named(status.leaderName().orElse(""), id))
                        .orElse("unknown")
                + "\nhealth: " + status.problem().orElse("ok")
                + "\nrevision: " + status.revision()
                + "\nkeys: " + status.keys()
                + "\nlatest version: " + status.latestVersion()
                + "\napplied: term " + status.appliedTerm() + " index " + status.appliedIndex()
                + "\nstate hash: " + status.stateHash()
                + "\n";
        surroundings.output().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String named(String name, String id) {
        return name.isEmpty() || name.equals(id) ? id : name + " " + id;
    }

    private static void writeFields(JsonGenerator line, URI endpoint, ServerStatus status) throws IOException {
        line.writeStringField("endpoint", endpoint.toString());
        line.writeStringField("memberId", status.memberId());
        line.writeStringField("memberName", status.memberName());
        line.writeStringField("role", status.role());
        line.writeStringField("leaderId", status.leaderId().orElse(null));
        line.writeStringField("leaderName", status.leaderName().orElse(null));
        line.writeStringField("problem", status.problem().orElse(null));
        line.writeNumberField("revision", status.revision());
        line.writeStringField("stateHash", status.stateHash());
        line.writeNumberField("keys", status.keys());
        line.writeNumberField("latestVersion", status.latestVersion());
        line.writeNumberField("appliedTerm", status.appliedTerm());
        line.writeNumberField("appliedIndex", status.appliedIndex());
    }
}
