package io.hightower.kv.statemachine.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The bytes of format version 1, one example of each message, written out by another program from the description. If this
 * fails, logs and snapshots on disk and members of another release are no longer understood: the format version must change.
 */
class CodecFormatTest {
    static final Map<String, Command> COMMANDS = Map.of(
            "0108dc0b12110a0f0a036b00ff120576616c756518ac02",
            new Command.Put(Bytes.wrap(new byte[] {'k', 0, -1}), Bytes.utf8("value"), 300),
            "0108dc0b120712050a016b1007",
            new Command.Delete(Bytes.utf8("k"), 7),
            "0108dc0b12081a060a0161120162",
            new Command.DeleteRange(KeyRange.of(Bytes.utf8("a"), Bytes.utf8("b"))),
            "0108dc0b12021a00",
            new Command.DeleteRange(KeyRange.all()),
            "0108dc0b1210220e0a050a030a01610a0512030a0162",
            new Command.Batch(List.of(Command.put(Bytes.utf8("a"), Bytes.EMPTY), Command.delete(Bytes.utf8("b")))),
            "0108dc0b12072a05080910e807",
            new Command.ReleaseTombstones(9, 1000));

    static final Map<String, Result> RESULTS = Map.of(
            "010a090a070802100118ac02",
            new Result.PutResult(2, ApplyOutcome.APPLIED, 300),
            "010a081206080310021801",
            new Result.DeleteResult(3, ApplyOutcome.REMOVED, true),
            "010a061a0408041005",
            new Result.DeleteRangeResult(4, 5),
            "010a0e220c080612080a06080610031808",
            new Result.BatchResult(6, List.of(new Result.PutResult(6, ApplyOutcome.IGNORED_STALE, 8))),
            "010a082a06080610011801",
            new Result.ReleaseResult(6, 1, true));

    static final Map<String, KeyRecord> RECORDS = Map.of(
            "0a036b657910011a0576616c7565200228033004380540d804",
            new KeyRecord(Bytes.utf8("key"), true, Bytes.utf8("value"), 2, new Revision(3, 4), 5, 600),
            "0a036b657928074009",
            KeyRecord.tombstone(Bytes.utf8("key"), new Revision(7, 0), 9));

    static final String APPLIED_BYTES = "0801100218032004280530063807400849efcdab89674523015009";
    static final AppliedState APPLIED =
            new AppliedState(new LogPosition(1, 2), 3, 4, 5, 9, 6, 7, 8, 0x0123456789abcdefL);

    @Test
    void keepsTheBytesOfEntries() {
        COMMANDS.forEach((hex, command) -> {
            Entry entry = new Entry(1500, List.of(command));
            assertThat(toHex(EntryCodec.encode(entry).toByteArray()))
                    .as("%s", command)
                    .isEqualTo(hex);
            assertThat(EntryCodec.decode(fromHex(hex))).isEqualTo(entry);
        });
    }

    @Test
    void keepsTheBytesOfResults() {
        RESULTS.forEach((hex, result) -> {
            assertThat(toHex(ResultCodec.encode(List.of(result)).toByteArray()))
                    .as("%s", result)
                    .isEqualTo(hex);
            assertThat(ResultCodec.decode(fromHex(hex))).containsExactly(result);
        });
    }

    @Test
    void keepsTheBytesOfRecords() {
        RECORDS.forEach((hex, entry) -> {
            assertThat(toHex(RecordCodec.encode(entry))).as("%s", entry).isEqualTo(hex);
            assertThat(RecordCodec.decodeRecord("test", fromHex(hex).toByteArray()))
                    .isEqualTo(entry);
        });
    }

    @Test
    void keepsTheBytesOfScalars() {
        assertThat(toHex(RecordCodec.encode(APPLIED))).isEqualTo(APPLIED_BYTES);
        assertThat(RecordCodec.decodeApplied("test", fromHex(APPLIED_BYTES).toByteArray()))
                .isEqualTo(APPLIED);
    }

    static Bytes fromHex(String hex) {
        return Bytes.wrap(HexFormat.of().parseHex(hex));
    }

    private static String toHex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
