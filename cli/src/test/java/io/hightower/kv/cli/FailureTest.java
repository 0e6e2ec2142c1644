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
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
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

        assertThat(Failure.ofServer(wrapped).exitCode()).isEqualTo(ExitCode.ADDRESS);
    }

    @Test
    void saysOfAnAddressWhyItCannotBeListenedOn() {
        assertAddress(new BindException("Address already in use"), "in use");
        assertAddress(new BindException("Cannot assign requested address"), "not one of this machine");
        assertAddress(new SocketException("Permission denied"), "not allowed to this user");
        assertAddress(new BindException("Permission denied"), "not allowed to this user");
        assertAddress(new UnknownHostException("no.such.host"), "host name is not known");
        assertAddress(new BindException("cause=Unresolved address"), "host name is not known");
        assertAddress(new UnresolvedAddressException(), "host name is not known");
        assertAddress(new IllegalStateException("whatever else"), "cannot be listened on");
    }

    private static void assertAddress(Exception cause, String sentence) {
        ListenException failure = new ListenException(new ListenAddress("h", 80), cause);

        assertThat(Failure.ofServer(failure).line())
                .contains(sentence, "address=h:80", "--http-addr")
                .doesNotContain("internal error");
        assertThat(Failure.ofServer(failure).exitCode()).isEqualTo(ExitCode.ADDRESS);
    }

    @Test
    void doesNotTakeAConnectionThatFailedForAnAddress() {
        assertThat(Failure.ofServer(new IOException("x", new ConnectException("Connection refused")))
                        .exitCode())
                .isEqualTo(ExitCode.DISK);
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
