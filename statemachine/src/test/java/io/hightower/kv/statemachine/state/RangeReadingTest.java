package io.hightower.kv.statemachine.state;

import static io.hightower.kv.statemachine.RangeRequest.Content.COUNT;
import static io.hightower.kv.statemachine.RangeRequest.Content.KEYS;
import static io.hightower.kv.statemachine.RangeRequest.Direction.ASCENDING;
import static io.hightower.kv.statemachine.RangeRequest.Direction.DESCENDING;
import static io.hightower.kv.statemachine.RangeRequest.Direction.NONE;
import static io.hightower.kv.statemachine.RangeRequest.SortTarget.CREATE;
import static io.hightower.kv.statemachine.RangeRequest.SortTarget.KEY;
import static io.hightower.kv.statemachine.RangeRequest.SortTarget.MODIFY;
import static io.hightower.kv.statemachine.RangeRequest.SortTarget.VALUE;
import static io.hightower.kv.statemachine.RangeRequest.SortTarget.VERSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.RangeRequest.RevisionFilter;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RangeReadingTest {
    private static final RangeRequest ALL = RangeRequest.of(KeyRange.all());

    private final Machine machine = Machine.withHistory();

    /** Leaves a=z (revisions 2 to 6, version 2), b=y (3), c=z (4), d=x (5). */
    @BeforeEach
    void writeFourKeys() {
        machine.put("a", "w");
        machine.put("b", "y");
        machine.put("c", "z");
        machine.put("d", "x");
        machine.put("a", "z");
    }

    @Test
    void readsInKeyOrderUnlessAskedOtherwise() {
        assertThat(keys(ALL)).isEqualTo("abcd");
        assertThat(keys(ALL.sorted(NONE, KEY))).isEqualTo("abcd");
        assertThat(keys(ALL.sorted(ASCENDING, KEY))).isEqualTo("abcd");
        assertThat(keys(ALL.sorted(DESCENDING, KEY))).isEqualTo("dcba");
    }

    @Test
    void sortsByEachTarget() {
        assertThat(keys(ALL.sorted(ASCENDING, VERSION))).isEqualTo("bcda");
        assertThat(keys(ALL.sorted(DESCENDING, VERSION))).isEqualTo("abcd");
        assertThat(keys(ALL.sorted(ASCENDING, CREATE))).isEqualTo("abcd");
        assertThat(keys(ALL.sorted(DESCENDING, MODIFY))).isEqualTo("adcb");
        assertThat(keys(ALL.sorted(ASCENDING, VALUE))).isEqualTo("dbac");
        assertThat(keys(ALL.sorted(DESCENDING, VALUE))).isEqualTo("acbd");
    }

    @Test
    void targetWithoutDirectionAscends() {
        assertThat(keys(ALL.sorted(NONE, VALUE))).isEqualTo("dbac");
    }

    @Test
    void limitComesAfterSortingAndFiltering() {
        assertThat(keys(ALL.sorted(ASCENDING, VALUE).limited(2))).isEqualTo("db");
        assertThat(keys(ALL.sorted(DESCENDING, VALUE).limited(3))).isEqualTo("acb");
        assertThat(keys(ALL.filtered(new RevisionFilter(4, 0, 0, 0)).limited(2)))
                .isEqualTo("ac");
    }

    @Test
    void withoutADirectionTheLimitComesBeforeSortingAsInEtcd() {
        assertThat(keys(ALL.sorted(NONE, VALUE).limited(1))).isEqualTo("b");
        assertThat(keys(ALL.sorted(NONE, VALUE).limited(2))).isEqualTo("ba");
        assertThat(keys(ALL.sorted(NONE, VALUE).limited(3))).isEqualTo("dba");
        assertThat(machine.range(ALL.sorted(NONE, VALUE).limited(1)).more()).isTrue();
        assertThat(machine.range(ALL.sorted(NONE, VALUE).limited(1)).count()).isEqualTo(4);
        assertThat(keys(ALL.sorted(NONE, VALUE).limited(4))).isEqualTo("dbac");
        assertThat(keys(ALL.sorted(NONE, VALUE).limited(1).filtered(new RevisionFilter(1, 0, 0, 0))))
                .isEqualTo("d");
    }

    @Test
    void moreSaysThatTheLimitHeldSomethingBack() {
        assertThat(machine.range(ALL.limited(3)).more()).isTrue();
        assertThat(machine.range(ALL.limited(4)).more()).isFalse();
        assertThat(machine.range(ALL.sorted(ASCENDING, VALUE).limited(3)).more())
                .isTrue();
        assertThat(machine.range(ALL.filtered(new RevisionFilter(6, 0, 0, 0)).limited(1))
                        .more())
                .isFalse();
        assertThat(machine.range(ALL).more()).isFalse();
    }

    @Test
    void countKnowsNeitherLimitNorFilter() {
        assertThat(machine.range(ALL.limited(1)).count()).isEqualTo(4);
        assertThat(machine.range(ALL.sorted(DESCENDING, KEY).limited(1)).count())
                .isEqualTo(4);
        assertThat(machine.range(ALL.sorted(DESCENDING, VALUE).limited(1)).count())
                .isEqualTo(4);
        assertThat(machine.range(ALL.filtered(new RevisionFilter(0, 2, 0, 0))).count())
                .isEqualTo(4);
        assertThat(machine.range(ALL.showing(COUNT).limited(2)))
                .isEqualTo(new Result.RangeResult(6, List.of(), false, 4));
    }

    @Test
    void filtersByEachBoundIncluded() {
        assertThat(keys(ALL.filtered(new RevisionFilter(4, 0, 0, 0)))).isEqualTo("acd");
        assertThat(keys(ALL.filtered(new RevisionFilter(0, 4, 0, 0)))).isEqualTo("bc");
        assertThat(keys(ALL.filtered(new RevisionFilter(0, 0, 3, 0)))).isEqualTo("bcd");
        assertThat(keys(ALL.filtered(new RevisionFilter(0, 0, 0, 3)))).isEqualTo("ab");
        assertThat(keys(ALL.filtered(new RevisionFilter(3, 5, 4, 4)))).isEqualTo("c");
    }

    @Test
    void keysOnlyLeavesValuesOut() {
        Result.RangeResult result = machine.range(ALL.showing(KEYS).sorted(ASCENDING, VALUE));
        assertThat(result.keyValues())
                .allSatisfy(found -> assertThat(found.value()).isEqualTo(Bytes.EMPTY));
        assertThat(keys(ALL.showing(KEYS).sorted(ASCENDING, VALUE))).isEqualTo("dbac");
        assertThat(result.keyValues().get(2).modRevision()).isEqualTo(6);
    }

    @Test
    void readsOlderRevisionsAndShowsTheNewestInTheHeader() {
        Result.RangeResult old = machine.range(ALL.atRevision(3));
        assertThat(old.revision()).isEqualTo(6);
        assertThat(old.count()).isEqualTo(2);
        assertThat(old.keyValues().get(0).value().toUtf8()).isEqualTo("w");
        assertThat(machine.range(RangeRequest.of(KeyRange.single(Bytes.utf8("a")))
                                .atRevision(2))
                        .count())
                .isEqualTo(1);
    }

    @Test
    void invertedRangeIsEmpty() {
        assertThat(machine.range(RangeRequest.of(KeyRange.of(Bytes.utf8("c"), Bytes.utf8("a")))))
                .isEqualTo(new Result.RangeResult(6, List.of(), false, 0));
    }

    @Test
    void futureAndCompactedRevisionsAreRefused() {
        assertThatThrownBy(() -> machine.range(ALL.atRevision(7)))
                .isInstanceOfSatisfying(RevisionUnavailableException.class, e -> assertThat(e.isCompacted())
                        .isFalse());
        machine.apply(new Command.Compact(4));
        assertThatThrownBy(() -> machine.range(ALL.atRevision(3)))
                .isInstanceOfSatisfying(RevisionUnavailableException.class, e -> assertThat(e.isCompacted())
                        .isTrue());
        assertThat(machine.range(ALL.atRevision(4)).count()).as("at it").isEqualTo(3);
    }

    private String keys(RangeRequest request) {
        StringBuilder keys = new StringBuilder();
        machine.range(request)
                .keyValues()
                .forEach(found -> keys.append(found.key().toUtf8()));
        return keys.toString();
    }
}
