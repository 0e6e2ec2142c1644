package io.hightower.kv.statemachine.codec;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Compare;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Lease;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.SystemWrite;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** As {@link CodecFormatTest}, for the commands and results of transactions, compaction, leases and the system key space. */
class TxnFormatTest {
    private static final KeyRange A_TO_B = KeyRange.of(key("a"), key("b"));
    private static final KeyValue SHOWN = new KeyValue(key("k"), key("v"), 2, 3, 4, 5, -7);
    private static final Command.Txn TXN = new Command.Txn(
            List.of(
                    Compare.value(KeyRange.single(key("a")), Compare.Operator.GREATER, key("v")),
                    Compare.number(A_TO_B, Compare.Target.LEASE, Compare.Operator.NOT_EQUAL, -7)),
            List.of(
                    Command.put(key("k"), key("v")),
                    new RangeRequest(
                            A_TO_B,
                            5,
                            6,
                            new RangeRequest.Sort(RangeRequest.Direction.DESCENDING, RangeRequest.SortTarget.VALUE),
                            RangeRequest.Content.KEYS,
                            new RangeRequest.RevisionFilter(1, 2, 3, 4))),
            List.of(new Command.DeleteRange(A_TO_B), new Command.Txn(List.of(), List.of(), List.of())));

    static final Map<String, Command> COMMANDS = Map.ofEntries(
            entry(
                    "0108dc0b12160a140a016b20f9ffffffffffffffff01280130013801",
                    new Command.Put(key("k"), Bytes.EMPTY, 0, new PutOptions(-7, true, true, true))),
            entry("0108dc0b120a1a080a01611201621801", new Command.DeleteRange(A_TO_B, true)),
            entry(
                    "0108dc0b125d325b0a0e0a016112026100180320013201760a150a01611201621804200328f9ffffffffffffffff0112080a060a016b120176121a1a180a01611201621805200628023004380140014802500358041a0812060a01611201621a022200",
                    TXN),
            entry("0108dc0b12043a020809", new Command.Compact(9)),
            entry("0108dc0b120f420d08f9ffffffffffffffff01103c", new Command.GrantLease(-7, 60)),
            entry("0108dc0b12044a020807", new Command.RevokeLease(7)),
            entry("0108dc0b120452020807", new Command.RenewLease(7)),
            entry("0108dc0b12045a020807", new Command.ExpireLease(7)),
            entry("0108dc0b12026200", new Command.AdvanceTime()),
            entry(
                    "0108dc0b121a6a180a050a016112000a050a016218000a080a01631201761804",
                    new Command.WriteSystem(List.of(
                            SystemWrite.value(key("a"), Bytes.EMPTY),
                            SystemWrite.removal(key("b")).expecting(SystemWrite.ABSENT),
                            SystemWrite.value(key("c"), key("v")).expecting(4)))));

    static final Map<String, Result> RESULTS = Map.ofEntries(
            entry(
                    "010a240a220802100118ac0222190a016b120176180220032804300538f9ffffffffffffffff01",
                    new Result.PutResult(2, ApplyOutcome.APPLIED, 300, Optional.of(SHOWN))),
            entry(
                    "010a211a1f080410011a190a016b120176180220032804300538f9ffffffffffffffff01",
                    new Result.DeleteRangeResult(4, 1, List.of(SHOWN))),
            entry(
                    "010a233221080412190a016b120176180220032804300538f9ffffffffffffffff0118012005",
                    new Result.RangeResult(4, List.of(SHOWN), true, 5)),
            entry(
                    "010a143a12080410011a043a0208031a061a0408041001",
                    new Result.TxnResult(
                            4,
                            true,
                            List.of(new Result.TxnResult(3, false, List.of()), new Result.DeleteRangeResult(4, 1)))),
            entry("010a06420408041003", new Result.CompactResult(4, 3)),
            entry("010a114a0f080410f9ffffffffffffffff01183c", new Result.LeaseResult(4, -7, 60)),
            entry("010a085206080410011805", new Result.RevokeResult(4, true, 5)),
            entry("010a075a05080410dc0b", new Result.TimeResult(4, 1500)),
            entry("010a086206080410011805", new Result.SystemResult(4, true, 5)),
            entry("010a086a06080410081803", new Result.Refused(4, Refusal.COMPACTED, 3)));

    static final String RECORD_BYTES = "0a036b657910011a0576616c7565200228033004380540d80448f9ffffffffffffffff01";
    static final String SYSTEM_BYTES = "0a036b6579120576616c756518ac02";
    static final String LEASE_BYTES = "083c10bce003";

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
    void keepsTheBytesOfWhatIsStored() {
        KeyRecord leased = new KeyRecord(key("key"), true, key("value"), 2, new Revision(3, 4), 5, 600, -7);
        SystemRecord system = new SystemRecord(key("key"), key("value"), 300);
        Lease lease = new Lease(7, 60, 61_500);

        assertThat(toHex(RecordCodec.encode(leased))).isEqualTo(RECORD_BYTES);
        assertThat(RecordCodec.decodeRecord("test", fromHex(RECORD_BYTES).toByteArray()))
                .isEqualTo(leased);
        assertThat(toHex(RecordCodec.encode(system))).isEqualTo(SYSTEM_BYTES);
        assertThat(RecordCodec.decodeSystem("test", fromHex(SYSTEM_BYTES).toByteArray()))
                .isEqualTo(system);
        assertThat(toHex(LeaseCodec.encode(lease).toByteArray())).isEqualTo(LEASE_BYTES);
        assertThat(LeaseCodec.decode(7, fromHex(LEASE_BYTES))).isEqualTo(lease);
    }

    private static Bytes key(String text) {
        return Bytes.utf8(text);
    }

    private static Bytes fromHex(String hex) {
        return CodecFormatTest.fromHex(hex);
    }

    private static String toHex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
