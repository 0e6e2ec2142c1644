package io.hightower.kv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.server.listen.ListenAddress;
import io.hightower.kv.server.listen.ListenException;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.DirectoryInUseException;
import io.hightower.kv.statemachine.DiskFullException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import io.hightower.kv.statemachine.ReadUnavailableException;
import io.hightower.kv.statemachine.StorageException;
import java.io.IOException;
import java.net.BindException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class FailureTest {
    @Test
    void givesEachKindOfServerFailureItsOwnExitCode() {
        ListenException inUse = new ListenException(new ListenAddress("127.0.0.1", 8080), new BindException("in use"));
        Map<Throwable, Integer> codes = Map.of(
                new IllegalArgumentException("segmentBytes=1"),
                2,
                inUse,
                3,
                new DirectoryInUseException("data", "pid=7"),
                4,
                new CorruptionException("log-1", 12, "a", "b"),
                5,
                new FormatException("the log", "9", "0"),
                6,
                new DiskFullException("No space"),
                7,
                new StorageException("Cannot sync", new IOException("EIO")),
                7,
                new InvariantViolation("applied is behind"),
                70);

        codes.forEach((failure, code) -> assertThat(Failure.ofServer(failure).exitCode())
                .as(failure.toString())
                .isEqualTo(code));
    }

    @Test
    void findsAddressInUseBelowOtherFailures() {
        StorageException wrapped = new StorageException("Cannot open the member", new IOException(new BindException()));

        assertThat(Failure.ofServer(wrapped).exitCode()).isEqualTo(ExitCode.ADDRESS_IN_USE);
    }

    @Test
    void namesCauseAndRemedyInOneLine() {
        String line =
                Failure.ofServer(new DirectoryInUseException("data", "pid=7")).line();

        assertThat(line)
                .contains("directory=data", "holder=pid=7", "--data-dir")
                .doesNotContain("\n")
                .doesNotContain("Exception");
    }

    @Test
    void tellsStoreThatCannotServeFromRequestThatIsWrong() {
        assertThat(Failure.ofRequest(new NotReplicatedException(NotReplicatedException.Reason.NO_LEADER, "none"))
                        .exitCode())
                .isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(Failure.ofRequest(new CompletionException(new ReadUnavailableException("late")))
                        .exitCode())
                .isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(Failure.ofRequest(new OutcomeUnknownException("lost")).exitCode())
                .isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(Failure.ofRequest(new IllegalArgumentException("too large")).exitCode())
                .isEqualTo(ExitCode.USAGE);
    }
}
