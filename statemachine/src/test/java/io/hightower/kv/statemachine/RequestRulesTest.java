package io.hightower.kv.statemachine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestRulesTest {
    private static final int MAX = 4;

    @ParameterizedTest
    @CsvSource({
        "KEY_MISSING, key is not provided",
        "KEY_NOT_FOUND, key not found",
        "VALUE_PROVIDED, value is provided",
        "LEASE_PROVIDED, lease is provided",
        "TOO_MANY_OPERATIONS, too many operations in txn request",
        "DUPLICATE_KEY, duplicate key given in txn request",
        "INVALID_SORT, invalid sort option",
        "COMPACTED, mvcc: required revision has been compacted",
        "FUTURE_REVISION, mvcc: required revision is a future revision",
        "LEASE_NOT_FOUND, requested lease not found",
        "LEASE_EXISTS, lease already exists",
        "LEASE_TTL_TOO_LARGE, too large lease TTL",
    })
    void refusalsHaveTheTextsThatClientsCompare(Refusal refusal, String text) {
        assertThat(refusal.text()).isEqualTo(text);
        assertThat(new RefusedException(refusal))
                .hasMessage(text)
                .extracting(RefusedException::refusal)
                .isEqualTo(refusal);
    }

    @Test
    void emptyKeyAndTooLongTimeToLiveAreRefused() {
        assertRefused(Refusal.KEY_MISSING, () -> RequestRules.requireKey(Bytes.EMPTY));
        assertRefused(Refusal.LEASE_TTL_TOO_LARGE, () -> RequestRules.requireTtl(9_000_000_001L));
        RequestRules.requireKey(key("k"));
        RequestRules.requireTtl(9_000_000_000L);
    }

    @Test
    void putMayNotBringWhatItKeeps() {
        PutOptions keepValue = new PutOptions(0, false, true, false);
        PutOptions keepLease = new PutOptions(7, false, false, true);
        assertRefused(
                Refusal.VALUE_PROVIDED, () -> RequestRules.check(new Command.Put(key("k"), key("v"), 0, keepValue)));
        assertRefused(
                Refusal.LEASE_PROVIDED, () -> RequestRules.check(new Command.Put(key("k"), key("v"), 0, keepLease)));
        RequestRules.check(new Command.Put(key("k"), Bytes.EMPTY, 0, keepValue));
        assertTxnRefused(Refusal.VALUE_PROVIDED, txn(txn(new Command.Put(key("k"), key("v"), 0, keepValue))));
    }

    @Test
    void longestOfTheThreeListsCounts() {
        Compare compare = Compare.number(KeyRange.single(key("k")), Compare.Target.VERSION, Compare.Operator.EQUAL, 0);
        TxnOp read = RangeRequest.of(KeyRange.all());
        RequestRules.check(
                new Command.Txn(Collections.nCopies(4, compare), Collections.nCopies(4, read), List.of()), MAX);
        assertTxnRefused(
                Refusal.TOO_MANY_OPERATIONS, new Command.Txn(Collections.nCopies(5, compare), List.of(), List.of()));
        assertTxnRefused(
                Refusal.TOO_MANY_OPERATIONS, new Command.Txn(List.of(), Collections.nCopies(5, read), List.of()));
        assertTxnRefused(
                Refusal.TOO_MANY_OPERATIONS, new Command.Txn(List.of(), List.of(), Collections.nCopies(5, read)));
    }

    @Test
    void transactionInsideGetsWhatIsLeft() {
        TxnOp read = RangeRequest.of(KeyRange.all());
        RequestRules.check(txn(read, txn(read, read)), MAX);
        assertTxnRefused(Refusal.TOO_MANY_OPERATIONS, txn(read, txn(read, read, read)));
        assertTxnRefused(Refusal.TOO_MANY_OPERATIONS, txn(txn(txn(txn(txn(read))))));
    }

    @Test
    void twoPutsOfAKeyInOneBranchAreRefused() {
        assertTxnRefused(Refusal.DUPLICATE_KEY, txn(put("k"), put("k")));
        assertTxnRefused(Refusal.DUPLICATE_KEY, txn(put("k"), txn(put("k"))));
        assertTxnRefused(Refusal.DUPLICATE_KEY, txn(txn(put("k")), txn(put("k"))));
        assertTxnRefused(Refusal.DUPLICATE_KEY, new Command.Txn(List.of(), List.of(), List.of(put("k"), put("k"))));
        RequestRules.check(new Command.Txn(List.of(), List.of(put("k")), List.of(put("k"))), MAX);
    }

    @Test
    void branchesOfOneTransactionInsideMayShareAKey() {
        Command.Txn inside = new Command.Txn(List.of(), List.of(put("k")), List.of(put("k")));
        RequestRules.check(txn(inside), MAX);
        assertTxnRefused(Refusal.DUPLICATE_KEY, txn(inside, put("k")));
    }

    @Test
    void putInsideADeletedRangeIsRefused() {
        TxnOp delete = new Command.DeleteRange(KeyRange.of(key("a"), key("m")));
        assertTxnRefused(Refusal.DUPLICATE_KEY, txn(put("k"), delete));
        assertTxnRefused(Refusal.DUPLICATE_KEY, txn(delete, txn(put("k"))));
        assertTxnRefused(Refusal.DUPLICATE_KEY, txn(txn(delete), put("k")));
        RequestRules.check(txn(delete, put("m")), MAX);
        RequestRules.check(txn(delete, delete, new Command.DeleteRange(KeyRange.all())), MAX);
    }

    @Test
    void aPutMayMeetADeleteWithoutEndAsInEtcd() {
        TxnOp delete = new Command.DeleteRange(KeyRange.startingAt(key("a")));
        RequestRules.check(txn(put("k"), delete), MAX);
        RequestRules.check(txn(delete, txn(put("k"))), MAX);
        RequestRules.check(txn(txn(delete), put("k")), MAX);
    }

    @Test
    void nestingHasADepthThatDecodersAccept() {
        Command.Txn deepest = txn();
        for (int depth = 1; depth < Command.Txn.DEPTH_MAX; depth++) {
            deepest = txn(deepest);
        }
        Command.Txn tooDeep = deepest;
        assertThatCode(() -> RequestRules.check(tooDeep, RequestRules.TXN_OPERATIONS_DEFAULT))
                .doesNotThrowAnyException();
        assertThatIllegalArgumentException().isThrownBy(() -> txn(tooDeep)).withMessageContaining("depth=129");
    }

    private static void assertTxnRefused(Refusal refusal, Command.Txn txn) {
        assertRefused(refusal, () -> RequestRules.check(txn, MAX));
    }

    private static void assertRefused(Refusal refusal, Runnable check) {
        assertThatThrownBy(check::run).isInstanceOf(RefusedException.class).hasMessage(refusal.text());
    }

    private static Command.Txn txn(TxnOp... ops) {
        return new Command.Txn(List.of(), List.of(ops), List.of());
    }

    private static Command.Put put(String key) {
        return Command.put(key(key), Bytes.EMPTY);
    }

    private static Bytes key(String text) {
        return Bytes.utf8(text);
    }
}
