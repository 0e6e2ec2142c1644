package io.hightower.kv.engine.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is listed as a difference is one: shown on a real etcd, with the answer that we give instead. */
class ListedDifferenceTest {
    private static final Call.Keys KEY = new Call.Keys(Bytes.utf8("k"), Bytes.EMPTY);
    private static final Call.Put PUT = new Call.Put(KEY.key(), Bytes.utf8("v"), 0, false, false, false);
    private static final Call.DeleteRange DELETE = new Call.DeleteRange(KEY, false);

    /** Lacks a lease and a key. */
    private static final Call.Put LACKS_BOTH = new Call.Put(Bytes.utf8("none"), Bytes.EMPTY, 7, false, true, false);

    @TempDir
    private Path scratch;

    private Stage stage;

    /**
     * The last answers of both sides.
     */
    private record Answers(Answer etcd, Answer ours) {}

    @BeforeEach
    void findEtcd() throws IOException, InterruptedException {
        stage = Stage.in(scratch);
    }

    @Test
    void hashAtTheCompactRevision() throws IOException {
        Answers answers = answers(PUT, PUT, new Call.Compact(3), new Call.Hash(3));
        assertThat(answers.etcd()).isEqualTo(refused(Refusal.COMPACTED));
        assertThat(answers.ours()).isInstanceOf(Answer.Hashed.class);
        assertThat(ListedDifference.of(new ListedDifference.Compared(
                        new Call.Hash(3), new Moment(3, 3), answers.etcd(), answers.ours())))
                .contains(ListedDifference.HASH_AT_THE_COMPACT_REVISION);
    }

    @Test
    void putsCheckedBeforeReadings() throws IOException {
        Call.Range future = new Call.Range(
                KEY,
                0,
                9,
                RangeRequest.Direction.NONE,
                RangeRequest.SortTarget.KEY,
                false,
                false,
                false,
                Call.Bounds.NONE);
        Call.Txn txn = new Call.Txn(List.of(), List.of(future, LACKS_BOTH), List.of());
        Answers answers = answers(PUT, txn);
        assertThat(answers.etcd()).isEqualTo(refused(Refusal.KEY_NOT_FOUND));
        assertThat(answers.ours()).isEqualTo(refused(Refusal.FUTURE_REVISION));
        assertListed(ListedDifference.PUTS_CHECKED_BEFORE_READINGS, txn, answers);
    }

    @Test
    void keyLookedAtBeforeLease() throws IOException {
        Call.Txn txn = new Call.Txn(List.of(), List.of(LACKS_BOTH), List.of());
        Answers answers = answers(PUT, txn);
        assertThat(answers.etcd()).isEqualTo(refused(Refusal.KEY_NOT_FOUND));
        assertThat(answers.ours()).isEqualTo(refused(Refusal.LEASE_NOT_FOUND));
        assertListed(ListedDifference.KEY_LOOKED_AT_BEFORE_LEASE, txn, answers);
        assertThat(answers(PUT, LACKS_BOTH)).isEqualTo(both(refused(Refusal.LEASE_NOT_FOUND)));
    }

    @Test
    void deleteAtTheCompactRevisionNotWatched() throws IOException {
        stage.act((etcd, ours) -> {
            Call.Watch watch = new Call.Watch(KEY, 3, false, false, false);
            for (Side side : List.of(etcd, ours)) {
                for (Call call : List.of(PUT, DELETE, new Call.Compact(3), watch, PUT)) {
                    call.on(side);
                }
            }
            assertThat(revisionsTold(etcd)).containsExactly(4L);
            assertThat(revisionsTold(ours)).containsExactly(3L, 4L);
        });
    }

    @Test
    void previousOfTheCompactRevisionStillKnown() throws IOException {
        stage.act((etcd, ours) -> {
            Call.Watch listener = new Call.Watch(KEY, 0, false, false, false);
            Call.Watch watch = new Call.Watch(KEY, 3, false, false, true);
            for (Side side : List.of(etcd, ours)) {
                for (Call call : List.of(listener, PUT, PUT, new Call.Compact(3), watch)) {
                    call.on(side);
                }
            }
            assertThat(firstTold(etcd).previous()).isEmpty();
            assertThat(firstTold(ours).previous()).isPresent();
            assertThat(firstTold(ours).withoutPrevious()).isEqualTo(firstTold(etcd));
        });
    }

    private static Watching.Event firstTold(Side side) {
        return side.watches()
                .get(1)
                .told(3, told -> !told.events().isEmpty())
                .events()
                .get(0);
    }

    private static List<Long> revisionsTold(Side side) {
        List<Watching.Event> events = side.watches()
                .get(0)
                .told(4, told -> told.events().stream().anyMatch(event -> event.revision() == 4))
                .events();
        return events.stream().map(Watching.Event::revision).toList();
    }

    /** Ours, not a matter of releases: there is no compact revision below 0, so nothing tells the second time from the first. */
    @Test
    void compactingAtZeroIsTakenOnceByEtcdAndAlwaysByUs() throws IOException {
        Call.Compact atZero = new Call.Compact(0);
        assertThat(answers(atZero)).isEqualTo(both(new Answer.Compacted(1)));
        assertThat(answers(atZero, atZero)).isEqualTo(new Answers(refused(Refusal.COMPACTED), new Answer.Compacted(1)));
        assertThat(answers(PUT, new Call.Compact(1), atZero)).isEqualTo(both(refused(Refusal.COMPACTED)));
    }

    private Answers answers(Call... calls) throws IOException {
        List<Answers> last = new ArrayList<>();
        stage.act((etcd, ours) -> {
            for (Call call : calls) {
                last.add(new Answers(call.on(etcd), call.on(ours)));
            }
        });
        return last.get(last.size() - 1);
    }

    private static Answers both(Answer answer) {
        return new Answers(answer, answer);
    }

    private static Answer refused(Refusal refusal) {
        return new Answer.Refused(Refusal.WIRE_PREFIX + refusal.text());
    }

    private static void assertListed(ListedDifference difference, Call call, Answers answers) {
        assertThat(ListedDifference.of(
                        new ListedDifference.Compared(call, new Moment(2, 0), answers.etcd(), answers.ours())))
                .contains(difference);
    }
}
