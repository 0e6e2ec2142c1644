package io.hightower.kv.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.AnswerNotKeptException;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.DirectoryInUseException;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.HightowerException;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.SessionExpiredException;
import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.statemachine.TooLargeException;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ErrorTableTest {
    private static final String VOCABULARY = HightowerException.class.getPackageName();

    private static void assertAnswer(Throwable failure, int status, String code) {
        ErrorTable.ErrorAnswer answer = ErrorTable.answerTo(failure);

        assertThat(answer.status()).as(failure.toString()).isEqualTo(status);
        assertThat(answer.code()).as(failure.toString()).isEqualTo(code);
    }

    @Test
    void coversEveryExceptionOfTheVocabulary() throws Exception {
        List<Class<? extends Throwable>> exceptions = exceptionsOfTheVocabulary();

        assertThat(exceptions).hasSizeGreaterThan(8);
        assertThat(exceptions)
                .filteredOn(type -> !Modifier.isAbstract(type.getModifiers()))
                .allMatch(ErrorTable::covers);
    }

    @Test
    void answersWhatTheDescriptionSays() {
        assertAnswer(new RequestRefused(405, "method_not_allowed", "no"), 405, "method_not_allowed");
        assertAnswer(new TooLargeException("The key", 2, 1), 413, "too_large");
        assertAnswer(new IllegalArgumentException("no"), 400, "invalid_argument");
        assertAnswer(new OutcomeUnknownException("lost"), 504, "outcome_unknown");
        assertAnswer(new ReadUnavailableException("late"), 503, "read_unavailable");
        assertAnswer(new RefusedException(Refusal.LEASE_NOT_FOUND), 400, "invalid_argument");
        assertAnswer(new RevisionUnavailableException(1, 2, 3), 410, "revision_unavailable");
        assertAnswer(new SessionExpiredException("late"), 410, "session_expired");
        assertAnswer(new AnswerNotKeptException("large"), 410, "answer_not_kept");
        assertAnswer(new DiskFullException("full"), 507, "disk_full");
        assertAnswer(new StorageException("failed"), 500, "storage_failed");
        assertAnswer(new CorruptionException("f", 1, "a", "b"), 500, "storage_failed");
        assertAnswer(new FormatException("f", "1", "0"), 500, "storage_failed");
        assertAnswer(new DirectoryInUseException("d", "p"), 500, "storage_failed");
        assertAnswer(new InvariantViolation("one is one"), 500, "internal");
        assertAnswer(new NullPointerException("secret"), 500, "internal");
        assertAnswer(new OutOfMemoryError("secret"), 500, "internal");
        assertAnswer(new RejectedExecutionException("pool"), 429, "overloaded");
        assertAnswer(RequestRefused.overloaded("full"), 429, "overloaded");
        assertAnswer(new ReadUnavailableException("full", new RejectedExecutionException("queue")), 429, "overloaded");
    }

    @Test
    void answersEveryReason() {
        Map<Reason, String> expected = Map.of(
                Reason.OVERLOADED, "429 overloaded",
                Reason.NO_LEADER, "503 no_leader",
                Reason.STOPPED, "503 stopped",
                Reason.STORE_FAILED, "503 store_failed",
                Reason.DISK_FULL, "507 disk_full");
        for (Reason reason : Reason.values()) {
            ErrorTable.ErrorAnswer answer = ErrorTable.answerTo(new NotReplicatedException(reason, "no"));

            assertThat(answer.status() + " " + answer.code()).isEqualTo(expected.get(reason));
        }
    }

    @Test
    void looksThroughTheWrappersOfFutures() {
        Throwable wrapped =
                new CompletionException(new ExecutionException(new CompletionException(new DiskFullException("full"))));

        assertAnswer(wrapped, 507, "disk_full");
        assertAnswer(new CompletionException("bare", null), 500, "internal");
    }

    @Test
    void keepsInternalsToTheLog() {
        ErrorTable.ErrorAnswer internal = ErrorTable.answerTo(new IllegalStateException("secret"));
        ErrorTable.ErrorAnswer storage = ErrorTable.answerTo(new CorruptionException("secret", 1, "a", "b"));

        assertThat(internal.logged()).isTrue();
        assertThat(internal.message()).doesNotContain("secret");
        assertThat(storage.logged()).isTrue();
        assertThat(storage.message()).doesNotContain("secret");
    }

    @Test
    void saysWhenToTryAgain() {
        assertThat(ErrorTable.answerTo(RequestRefused.overloaded("full")).retryAfterSeconds())
                .isEqualTo(1);
    }

    @Test
    void saysThatAnUnknownWriteMayHaveHappened() {
        assertThat(ErrorTable.answerTo(new OutcomeUnknownException("lost")).message())
                .contains("may have happened")
                .contains("lost");
    }

    private static List<Class<? extends Throwable>> exceptionsOfTheVocabulary() throws Exception {
        List<Class<? extends Throwable>> exceptions = new ArrayList<>();
        for (String file : classFilesOfTheVocabulary()) {
            Class<?> type = Class.forName(VOCABULARY + "." + file.replace(".class", ""));
            if (Throwable.class.isAssignableFrom(type)) {
                exceptions.add(type.asSubclass(Throwable.class));
            }
        }
        return exceptions;
    }

    private static List<String> classFilesOfTheVocabulary() throws IOException, URISyntaxException {
        Path root = Path.of(HightowerException.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        if (Files.isDirectory(root)) {
            return classFiles(root);
        }
        try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + root.toUri()), Map.of())) {
            return classFiles(jar.getPath("/"));
        }
    }

    private static List<String> classFiles(Path root) throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(VOCABULARY.replace('.', '/')))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.equals("package-info.class"))
                    .toList();
        }
    }
}
