package io.hightower.kv.statemachine.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PutOptionsTest {
    private static final PutOptions PREVIOUS = new PutOptions(0, true, false, false);
    private static final PutOptions KEEP_VALUE = new PutOptions(0, false, true, false);
    private static final PutOptions KEEP_LEASE = new PutOptions(0, false, false, true);

    private final Machine machine = new Machine();

    @Test
    void showsWhatTheKeyHeldBefore() {
        assertThat(put("k", "1", PREVIOUS).previous()).isEmpty();
        assertThat(put("k", "2", PREVIOUS).previous()).contains(new KeyValue(key("k"), key("1"), 2, 2, 1, 2));
        machine.delete("k");
        assertThat(put("k", "3", PREVIOUS).previous()).as("of a deleted key").isEmpty();
        assertThat(put("k", "4", PutOptions.NONE).previous())
                .as("not asked for")
                .isEmpty();
    }

    @Test
    void showsWhatAStaleVersionMet() {
        machine.put("k", "v", 9);
        Result result = machine.apply(new Command.Put(key("k"), key("stale"), 5, PREVIOUS));
        assertThat(result)
                .isEqualTo(new Result.PutResult(
                        2, ApplyOutcome.IGNORED_STALE, 9, Optional.of(new KeyValue(key("k"), key("v"), 2, 2, 1, 9))));
    }

    @Test
    void keepsTheValueAndCountsAsAChange() {
        machine.put("k", "v");
        assertThat(put("k", "", KEEP_VALUE).revision()).isEqualTo(3);
        assertThat(machine.get("k")).contains("v");
        assertThat(machine.record("k").version()).isEqualTo(2);
    }

    @Test
    void keepsTheLeaseWhileTheValueChanges() {
        machine.apply(new Command.GrantLease(7, 60));
        put("k", "1", PutOptions.lease(7));
        put("k", "2", KEEP_LEASE);
        assertThat(machine.record("k").lease()).isEqualTo(7);
        assertThat(machine.leases().keys(7)).containsExactly(key("k"));
    }

    @Test
    void keepingIsRefusedForAKeyThatHoldsNoValue() {
        machine.put("gone", "v");
        machine.delete("gone");
        for (PutOptions options : new PutOptions[] {KEEP_VALUE, KEEP_LEASE}) {
            for (String missing : new String[] {"gone", "never"}) {
                assertThat(machine.apply(new Command.Put(key(missing), Bytes.EMPTY, 0, options)))
                        .isEqualTo(new Result.Refused(3, Refusal.KEY_NOT_FOUND, 0));
            }
        }
        assertThat(machine.applied().revision()).isEqualTo(3);
        assertThat(machine.stored("never")).isEmpty();
    }

    @Test
    void unknownLeaseIsRefused() {
        assertThat(machine.apply(new Command.Put(key("k"), key("v"), 0, PutOptions.lease(7))))
                .isEqualTo(new Result.Refused(1, Refusal.LEASE_NOT_FOUND, 0));
        assertThat(machine.stored("k")).isEmpty();
    }

    @Test
    void theLeaseIsLookedAtBeforeTheKeyByItselfAndInATransaction() {
        Command.Put lacksBoth = new Command.Put(key("k"), Bytes.EMPTY, 0, new PutOptions(7, false, true, false));
        Result refused = new Result.Refused(1, Refusal.LEASE_NOT_FOUND, 0);
        assertThat(machine.apply(lacksBoth)).isEqualTo(refused);
        assertThat(machine.apply(new Command.Txn(List.of(), List.of(lacksBoth), List.of())))
                .isEqualTo(refused);
    }

    @Test
    void putWithoutALeaseTakesTheKeyOffItsLease() {
        machine.apply(new Command.GrantLease(7, 60));
        machine.apply(new Command.GrantLease(-8, 60));
        put("k", "1", PutOptions.lease(7));
        put("k", "2", PutOptions.lease(-8));
        assertThat(machine.leases().keys(7)).isEmpty();
        assertThat(machine.leases().keys(-8)).containsExactly(key("k"));
        machine.put("k", "3");
        assertThat(machine.leases().keys(-8)).isEmpty();
        assertThat(machine.record("k").lease()).isZero();
    }

    @Test
    void deleteShowsWhatWasDeletedInKeyOrder() {
        machine.put("b", "2");
        machine.put("a", "1");
        Result result = machine.apply(new Command.DeleteRange(KeyRange.all(), true));
        assertThat(((Result.DeleteRangeResult) result).previous())
                .extracting(shown -> shown.value().toUtf8())
                .containsExactly("1", "2");
        assertThat(machine.apply(new Command.DeleteRange(KeyRange.all(), true)))
                .as("nothing left")
                .isEqualTo(new Result.DeleteRangeResult(4, 0));
    }

    private Result.PutResult put(String key, String value, PutOptions options) {
        return (Result.PutResult) machine.apply(new Command.Put(key(key), key(value), 0, options));
    }

    private static Bytes key(String text) {
        return Bytes.utf8(text);
    }
}
