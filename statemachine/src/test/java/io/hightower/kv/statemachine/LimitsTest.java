package io.hightower.kv.statemachine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.codec.EntryCodec;
import io.hightower.kv.statemachine.random.RandomCommands;
import io.hightower.kv.statemachine.random.RandomPrograms;
import io.hightower.kv.statemachine.random.SeededRuns;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class LimitsTest {
    private static final Limits SMALL = new Limits(1024);
    private static final Bytes KEY = Bytes.utf8("k");

    @Test
    void keyHasOneByteTo32Kibibytes() {
        assertThat(Command.put(zeros(1), KEY).key().length()).isEqualTo(1);
        assertThat(Command.put(zeros(32 * 1024), KEY).key().length()).isEqualTo(32 * 1024);
        assertThatIllegalArgumentException().isThrownBy(() -> Limits.requireKey(Bytes.EMPTY));
        assertThatThrownBy(() -> Limits.requireKey(zeros(32 * 1024 + 1)))
                .isInstanceOf(TooLargeException.class)
                .hasMessageContaining("bytes=32769 bytesMax=32768");
    }

    @Test
    void requestLimitIsFrom1KibibyteTo64Mebibytes() {
        assertThat(new Limits(1024).requestBytesMax()).isEqualTo(1024);
        assertThat(new Limits(64 << 20).requestBytesMax()).isEqualTo(64 << 20);
        assertThat(Limits.defaults().requestBytesMax()).isEqualTo(1536 * 1024);
        assertThatIllegalArgumentException().isThrownBy(() -> new Limits(1023));
        assertThatIllegalArgumentException().isThrownBy(() -> new Limits((64 << 20) + 1));
    }

    @Test
    void countsKeyAndValueOfAPut() {
        assertThat(SMALL.requireWithin(Command.put(KEY, zeros(1023)))).isGreaterThanOrEqualTo(1024);
        assertRefused(Command.put(KEY, zeros(1024)), 1025);
    }

    @Test
    void countsTheKeyOfADelete() {
        assertThat(SMALL.requireWithin(Command.delete(zeros(1024)))).isGreaterThanOrEqualTo(1024);
        assertRefused(Command.delete(zeros(1025)), 1025);
    }

    @Test
    void countsBothEndsOfARange() {
        SMALL.requireWithin(new Command.DeleteRange(KeyRange.of(zeros(500), zeros(524))));
        SMALL.requireWithin(new Command.DeleteRange(KeyRange.startingAt(zeros(1024))));
        assertRefused(new Command.DeleteRange(KeyRange.of(zeros(500), zeros(525))), 1025);
    }

    @Test
    void countsABatchAsAWhole() {
        SMALL.requireWithin(new Command.Batch(List.of(Command.put(KEY, zeros(1000)), Command.delete(zeros(23)))));
        assertRefused(new Command.Batch(List.of(Command.put(KEY, zeros(1000)), Command.delete(zeros(24)))), 1025);
    }

    @Test
    void countsATransactionAsAWhole() {
        Compare compare = Compare.value(KeyRange.single(zeros(100)), Compare.Operator.EQUAL, zeros(200));
        TxnOp range = RangeRequest.of(KeyRange.startingAt(zeros(300)));
        SMALL.requireWithin(new Command.Txn(List.of(compare), List.of(range), List.of(Command.put(KEY, zeros(322)))));
        assertRefused(new Command.Txn(List.of(compare), List.of(range), List.of(Command.put(KEY, zeros(323)))), 1025);
        assertRefused(new Command.WriteSystem(List.of(SystemWrite.value(KEY, zeros(1024)))), 1025);
    }

    @Test
    void countsACommandOfASessionAsThatCommand() {
        SMALL.requireWithin(new Command.InSession(7, 1, Command.put(KEY, zeros(1023))));
        assertRefused(new Command.InSession(7, 1, Command.put(KEY, zeros(1024))), 1025);
        Command batch = new Command.Batch(Collections.nCopies(Limits.BATCH_COMMANDS_MAX + 1, Command.delete(KEY)));
        assertThatThrownBy(() -> Limits.defaults().requireWithin(new Command.InSession(7, 1, batch)))
                .isInstanceOf(TooLargeException.class)
                .hasMessageContaining("commandsMax=" + Limits.BATCH_COMMANDS_MAX);
    }

    @Test
    void weightBoundsTheEncodedSizeOfNegativeNumbers() {
        PutOptions options = new PutOptions(-1, true, true, true);
        Command put = new Command.Put(zeros(Limits.KEY_BYTES_MAX), zeros(3 << 20), Limits.VERSION_MAX, options);
        Command grant = new Command.GrantLease(-1, Lease.TTL_SECONDS_MAX);
        Command inSession =
                new Command.InSession(-1, Long.MAX_VALUE, new Command.Batch(List.of(Command.put(KEY, KEY))));
        for (Command command : List.of(
                put,
                grant,
                new Command.RevokeLease(-1),
                new Command.Compact(-1),
                inSession,
                new Command.OpenSession(-1, SessionRecord.TTL_MILLIS_MAX),
                new Command.CloseSession(-1),
                new Command.ExpireSessions(Integer.MAX_VALUE))) {
            assertThat(Limits.weight(command))
                    .isGreaterThanOrEqualTo(
                            EntryCodec.encode(new Entry(0, List.of(command))).length() - 1L);
        }
    }

    @Test
    void weightBoundsTheEncodedSize(TestInfo test) {
        SeededRuns.of(test).count(2_000).checkEach(random -> {
            Command command =
                    random.nextBoolean() ? new RandomCommands(random).next() : new RandomPrograms(random).command();
            int encoded = EntryCodec.encode(new Entry(Long.MAX_VALUE, List.of(command)))
                    .length();
            int entryHead = 1 + 10;
            assertThat(Limits.weight(command)).isGreaterThanOrEqualTo(encoded - entryHead);
        });
    }

    @Test
    void weightBoundsTheEncodedSizeOfTheLargest() {
        Command put = new Command.Put(zeros(Limits.KEY_BYTES_MAX), zeros(3 << 20), Limits.VERSION_MAX);
        Command release = new Command.ReleaseTombstones(Long.MAX_VALUE, Integer.MAX_VALUE);
        Command batch = new Command.Batch(List.of(put, put, new Command.Delete(KEY, Limits.VERSION_MAX)));
        for (Command command : List.of(put, release, batch)) {
            assertThat(Limits.weight(command))
                    .isGreaterThanOrEqualTo(
                            EntryCodec.encode(new Entry(0, List.of(command))).length() - 1L);
        }
    }

    private static void assertRefused(Command command, int bytes) {
        assertThatThrownBy(() -> SMALL.requireWithin(command))
                .isInstanceOf(TooLargeException.class)
                .hasMessage("The request is too large: bytes=" + bytes + " bytesMax=1024");
    }

    private static Bytes zeros(int length) {
        return Bytes.wrap(new byte[length]);
    }
}
