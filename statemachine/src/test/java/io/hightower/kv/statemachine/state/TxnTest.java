package io.hightower.kv.statemachine.state;

import static io.hightower.kv.statemachine.ApplyOutcome.APPLIED;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Compare;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.TxnOp;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TxnTest {
    private final Machine machine = Machine.withHistory();

    @Test
    void takesTheBranchThatItsConditionsChoose() {
        machine.put("k", "v");
        assertThat(txn(List.of(value("k", "v")), List.of(put("won", "1")), List.of(put("lost", "1"))))
                .isEqualTo(new Result.TxnResult(3, true, List.of(new Result.PutResult(3, APPLIED, 3))));
        assertThat(txn(List.of(value("k", "v"), value("k", "w")), List.of(), List.of(put("lost", "1"))))
                .isEqualTo(new Result.TxnResult(4, false, List.of(new Result.PutResult(4, APPLIED, 4))));
        assertThat(txn(List.of(), List.of(), List.of(put("never", "1"))).succeeded())
                .as("no conditions hold")
                .isTrue();
        assertThat(machine.stored("never")).isEmpty();
    }

    @Test
    void takesOneRevisionAndNumbersItsChangesInOrder() {
        Result.TxnResult result = txn(put("b", "1"), put("a", "1"), nested(put("c", "1")), put("d", "1"));
        assertThat(result.revision()).isEqualTo(2);
        assertThat(Stream.of("b", "a", "c", "d").map(key -> machine.record(key).modified()))
                .containsExactly(new Revision(2, 0), new Revision(2, 1), new Revision(2, 2), new Revision(2, 3));
    }

    @Test
    void readingInsideSeesEarlierWritesOfTheSameTransaction() {
        machine.put("a", "old");
        Result.TxnResult result =
                txn(range("a", 0), put("a", "new"), put("b", "1"), range("a", 0), delete("a"), range("a", 0));
        assertThat(result.results())
                .filteredOn(Result.RangeResult.class::isInstance)
                .extracting(inner -> texts((Result.RangeResult) inner) + "" + inner.revision())
                .containsExactly("[old]2", "[new, 1]3", "[1]3");
    }

    @Test
    void readingAnOlderRevisionInsideSeesNothingOfTheTransaction() {
        machine.put("a", "1");
        machine.put("a", "2");
        Result.TxnResult result = txn(put("a", "3"), range("a", 3), range("a", 2));
        assertThat(texts((Result.RangeResult) result.results().get(1))).containsExactly("2");
        assertThat(texts((Result.RangeResult) result.results().get(2))).containsExactly("1");
        assertThat(result.results().get(2).revision()).isEqualTo(4);
    }

    @Test
    void readingInsideFindsRevisionsOfItsOwnEntry() {
        machine.put("a", "1");
        Command read = new Command.Txn(List.of(), List.of(range("a", 2), range("a", 3), range("a", 4)), List.of());
        List<Result> results = machine.applyEntry(
                0,
                List.of(put("a", "2"), Command.put(Bytes.utf8("b"), Bytes.utf8("3")), Command.delete(key("a")), read));
        assertThat(((Result.TxnResult) results.get(3)).results())
                .extracting(inner -> texts((Result.RangeResult) inner))
                .containsExactly(List.of("1"), List.of("2"), List.of("2", "3"));
    }

    @Test
    void transactionThatChangesNothingMovesNoRevision() {
        machine.put("k", "v");
        assertThat(txn(range("k", 0), delete("absent"), nested()).revision()).isEqualTo(2);
        assertThat(machine.applied().revision()).isEqualTo(2);
    }

    @Test
    void nestedConditionsLookAtTheStateBeforeTheWholeTransaction() {
        machine.put("k", "old");
        Command.Txn inner =
                new Command.Txn(List.of(value("k", "old")), List.of(put("saw", "old")), List.of(put("saw", "new")));
        txn(put("k", "new"), inner);
        assertThat(machine.get("saw")).contains("old");
    }

    @Test
    void refusalDeepInsideLeavesNothingBehind() {
        machine.put("k", "v");
        long hash = machine.stateHash();
        TxnOp unknownLease = new Command.Put(key("x"), key("v"), 0, PutOptions.lease(9));
        assertThat(refused(put("a", "1"), nested(put("b", "1"), nested(unknownLease))))
                .isEqualTo(new Result.Refused(2, Refusal.LEASE_NOT_FOUND, 0));
        TxnOp keeps = new Command.Put(key("x"), Bytes.EMPTY, 0, new PutOptions(0, false, true, false));
        assertThat(refused(put("a", "1"), keeps)).isEqualTo(new Result.Refused(2, Refusal.KEY_NOT_FOUND, 0));
        assertThat(refused(put("a", "1"), range("a", 3))).isEqualTo(new Result.Refused(2, Refusal.FUTURE_REVISION, 0));
        assertThat(machine.stateHash()).isEqualTo(hash);
        machine.apply(new Command.Compact(2));
        assertThat(refused(put("a", "1"), range("a", 1))).isEqualTo(new Result.Refused(2, Refusal.COMPACTED, 2));
        assertThat(txn(range("a", 2)).results()).hasSize(1);
        assertThat(machine.all()).extracting(KeyRecord::key).containsExactly(key("k"));
    }

    @Test
    void whatStandsInTheOtherBranchIsNotChecked() {
        TxnOp unknownLease = new Command.Put(key("x"), key("v"), 0, PutOptions.lease(9));
        assertThat(txn(List.of(), List.of(put("a", "1")), List.of(unknownLease)).succeeded())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "VERSION, EQUAL, 2, true", "VERSION, GREATER, 2, false", "VERSION, GREATER, 1, true",
        "VERSION, LESS, 3, true", "VERSION, NOT_EQUAL, 2, false", "CREATE, EQUAL, 2, true",
        "CREATE, LESS, 2, false", "MODIFY, EQUAL, 3, true", "MODIFY, NOT_EQUAL, 2, true",
        "LEASE, EQUAL, -5, true", "LEASE, LESS, 0, true", "LEASE, GREATER, 0, false",
    })
    void comparesEachNumberWithEachOperator(
            Compare.Target target, Compare.Operator operator, long number, boolean holds) {
        machine.apply(new Command.GrantLease(-5, 60));
        machine.put("k", "1");
        machine.apply(new Command.Put(key("k"), key("2"), 0, PutOptions.lease(-5)));
        assertThat(holds(Compare.number(KeyRange.single(key("k")), target, operator, number)))
                .isEqualTo(holds);
    }

    @ParameterizedTest
    @CsvSource({
        "EQUAL, m, true",
        "EQUAL, n, false",
        "GREATER, a, true",
        "LESS, z, true",
        "LESS, m, false",
        "NOT_EQUAL, m, false"
    })
    void comparesValuesAsBytes(Compare.Operator operator, String value, boolean holds) {
        machine.put("k", "m");
        assertThat(holds(Compare.value(KeyRange.single(key("k")), operator, key(value))))
                .isEqualTo(holds);
    }

    @ParameterizedTest
    @CsvSource({"EQUAL", "GREATER", "LESS", "NOT_EQUAL"})
    void valueOfAMissingKeyFulfilsNoCondition(Compare.Operator operator) {
        machine.put("gone", "v");
        machine.delete("gone");
        for (KeyRange missing : List.of(KeyRange.single(key("gone")), KeyRange.of(key("x"), key("y")))) {
            assertThat(holds(Compare.value(missing, operator, Bytes.EMPTY))).isFalse();
        }
    }

    @Test
    void missingKeyComparesAsZeros() {
        for (Compare.Target target :
                List.of(Compare.Target.VERSION, Compare.Target.CREATE, Compare.Target.MODIFY, Compare.Target.LEASE)) {
            KeyRange empty = KeyRange.of(key("x"), key("y"));
            assertThat(holds(Compare.number(KeyRange.single(key("x")), target, Compare.Operator.EQUAL, 0)))
                    .isTrue();
            assertThat(holds(Compare.number(empty, target, Compare.Operator.LESS, 1)))
                    .isTrue();
            assertThat(holds(Compare.number(empty, target, Compare.Operator.NOT_EQUAL, 0)))
                    .isFalse();
        }
    }

    @Test
    void everyKeyOfARangeMustFulfilTheCondition() {
        machine.put("a", "v");
        machine.put("b", "v");
        Compare all = Compare.value(KeyRange.of(key("a"), key("c")), Compare.Operator.EQUAL, key("v"));
        assertThat(holds(all)).isTrue();
        machine.put("b", "w");
        assertThat(holds(all)).isFalse();
    }

    private boolean holds(Compare compare) {
        return txn(List.of(compare), List.of(), List.of()).succeeded();
    }

    private Result.TxnResult txn(TxnOp... ops) {
        return txn(List.of(), List.of(ops), List.of());
    }

    private Result refused(TxnOp... ops) {
        return machine.apply(new Command.Txn(List.of(), List.of(ops), List.of()));
    }

    private Result.TxnResult txn(List<Compare> compares, List<TxnOp> success, List<TxnOp> failure) {
        return (Result.TxnResult) machine.apply(new Command.Txn(compares, success, failure));
    }

    private static Command.Txn nested(TxnOp... ops) {
        return new Command.Txn(List.of(), List.of(ops), List.of());
    }

    private static Compare value(String key, String value) {
        return Compare.value(KeyRange.single(key(key)), Compare.Operator.EQUAL, key(value));
    }

    private static Command.Put put(String key, String value) {
        return Command.put(key(key), key(value));
    }

    private static Command.DeleteRange delete(String key) {
        return new Command.DeleteRange(KeyRange.single(key(key)));
    }

    private static RangeRequest range(String from, long revision) {
        return RangeRequest.of(KeyRange.startingAt(key(from))).atRevision(revision);
    }

    private static List<String> texts(Result.RangeResult result) {
        return result.keyValues().stream().map(found -> found.value().toUtf8()).toList();
    }

    private static Bytes key(String text) {
        return Bytes.utf8(text);
    }
}
