package io.hightower.kv.cluster.guarantees.watch;

import static io.hightower.kv.cluster.guarantees.Broken.assertBroken;
import static io.hightower.kv.cluster.guarantees.WrittenRun.BELOW;
import static io.hightower.kv.cluster.guarantees.WrittenRun.EXACTLY;
import static io.hightower.kv.cluster.guarantees.WrittenRun.FRAGMENTS;
import static io.hightower.kv.cluster.guarantees.WrittenRun.FUTURE;
import static io.hightower.kv.cluster.guarantees.WrittenRun.PUTS_OF_A;
import static io.hightower.kv.cluster.guarantees.WrittenRun.RESUMING;
import static io.hightower.kv.cluster.guarantees.WrittenRun.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.cluster.guarantees.WrittenRun;
import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.history.WatchSession.Received;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Runs in which one watcher was given something wrong. */
class BrokenWatchesTest {
    private final WrittenRun run = new WrittenRun();

    /** Changes the message of the events of one revision, and drops all progress, which would be wrong as well. */
    private void change(String watcher, long revision, Function<WatchMessage.Events, List<WatchMessage>> change) {
        run.received(watcher, received -> {
            List<Received> changed = new ArrayList<>();
            for (Received next : received) {
                if (next.message() instanceof WatchMessage.Events events && events.revision() == revision) {
                    change.apply(events).forEach(message -> changed.add(new Received(next.nanos(), message)));
                } else if (!(next.message() instanceof WatchMessage.Progress)) {
                    changed.add(next);
                }
            }
            return changed;
        });
    }

    /** Has something come right after the watch was made, at a second. */
    private void insert(String watcher, long second, WatchMessage message) {
        run.received(watcher, received -> {
            received.add(1, new Received(nanos(second), message));
            return received;
        });
    }

    private static int indexOf(List<Received> received, long revision) {
        for (int i = 0; i < received.size(); i++) {
            if (received.get(i).message() instanceof WatchMessage.Events events && events.revision() == revision) {
                return i;
            }
        }
        throw new AssertionError("No such message: revision=" + revision);
    }

    @Test
    void eventsBehindLaterOnesAreNotOrdered() {
        run.received(EXACTLY, received -> {
            Collections.swap(received, indexOf(received, 6), indexOf(received, 7));
            return received;
        });
        assertBroken(run, Ordered.class);
    }

    @Test
    void aMessageThatNamesAnotherRevisionThanItsLastEventIsFound() {
        change(EXACTLY, 7, events -> List.of(new WatchMessage.Events(6, events.events(), false)));
        assertBroken(run, Ordered.class);
    }

    @Test
    void eventsOfAResumedWatchThatCameBeforeAreNeitherOrderedNorUnique() {
        run.received(RESUMING, received -> {
            received.add(1, new Received(received.get(0).nanos(), new WatchMessage.Events(2, run.eventsAt(2), false)));
            return received;
        });
        assertBroken(run, Ordered.class, Unique.class, Resumable.class, FutureStart.class);
    }

    @Test
    void anEventThatComesTwiceIsNotUnique() {
        change(EXACTLY, 6, events -> {
            WatchEvent event = events.events().get(0);
            return List.of(new WatchMessage.Events(6, List.of(event, event), false));
        });
        assertBroken(run, Unique.class);
    }

    @Test
    void aRevisionInTwoMessagesIsNotAtomic() {
        change(
                EXACTLY,
                4,
                events -> List.of(
                        new WatchMessage.Events(4, events.events().subList(0, 1), false),
                        new WatchMessage.Events(4, events.events().subList(1, 2), false)));
        assertBroken(run, AtomicRevision.class);
    }

    @Test
    void aFragmentThatNobodyAskedForIsFound() {
        change(
                EXACTLY,
                4,
                events -> List.of(
                        new WatchMessage.Events(4, events.events().subList(0, 1), true),
                        new WatchMessage.Events(4, events.events().subList(1, 2), false)));
        assertBroken(run, AtomicRevision.class);
    }

    @Test
    void aFragmentThatNothingFollowsIsFound() {
        change(FRAGMENTS, 7, events -> List.of(new WatchMessage.Events(7, events.events(), true)));
        assertBroken(run, AtomicRevision.class);
    }

    @Test
    void aChangeThatIsNotGivenIsAGap() {
        change(EXACTLY, 9, events -> List.of());
        assertBroken(run, Reliable.class);
    }

    @Test
    void aChangeOfAKeyThatNobodyWroteNeverWas() {
        KeyRecord nobodys = new KeyRecord(Bytes.utf8("q"), true, Bytes.EMPTY, 9, new Revision(9, 1), 1, 9);
        change(EXACTLY, 9, events -> {
            List<WatchEvent> more = new ArrayList<>(events.events());
            more.add(new WatchEvent(nobodys, Optional.empty()));
            return List.of(new WatchMessage.Events(9, more, false));
        });
        assertBroken(run, Reliable.class);
    }

    @Test
    void progressOverAChangeThatWasNotGivenIsFound() {
        run.received(EXACTLY, received -> {
            received.remove(indexOf(received, 9));
            return received;
        });
        assertBroken(run, Reliable.class, Bookmarkable.class);
    }

    @Test
    void aChangeThatComesAgainBehindProgressIsFound() {
        run.received(FUTURE, received -> {
            received.add(received.size() - 1, received.get(indexOf(received, 11)));
            return received;
        });
        assertBroken(run, Bookmarkable.class, Unique.class, AtomicRevision.class);
    }

    @Test
    void aChangeWithAnotherValueNeverWas() {
        change(
                EXACTLY,
                6,
                events -> List.of(new WatchMessage.Events(
                        6, List.of(withValue(events.events().get(0), "other")), false)));
        assertBroken(run, Reliable.class);
    }

    @Test
    void theChangesOfARevisionInAnotherOrderAreFound() {
        change(EXACTLY, 4, events -> {
            List<WatchEvent> turned = new ArrayList<>(events.events());
            Collections.reverse(turned);
            return List.of(new WatchMessage.Events(4, turned, false));
        });
        assertBroken(run, Reliable.class, CompactedStart.class);
    }

    @Test
    void aWatchThatGoesOnBehindItsStartHasAGap() {
        change(RESUMING, 6, events -> List.of());
        assertBroken(run, Resumable.class, Reliable.class);
    }

    @Test
    void anEventBehindTheProgressThatPromisedItIsFound() {
        run.received(FUTURE, received -> {
            int last = indexOf(received, 11);
            Collections.swap(received, last, last + 1);
            return received;
        });
        assertBroken(run, Bookmarkable.class);
    }

    @Test
    void progressBeyondWhatTheStoreHasReachedIsFound() {
        run.messages(
                FUTURE,
                message -> Optional.of(
                        message instanceof WatchMessage.Progress ? new WatchMessage.Progress(50) : message));
        assertBroken(run, Bookmarkable.class);
    }

    @Test
    void progressThatGoesBackIsFound() {
        run.received(FUTURE, received -> {
            int progress = received.size() - 2;
            received.add(progress + 1, new Received(received.get(progress).nanos(), new WatchMessage.Progress(10)));
            return received;
        });
        assertBroken(run, Bookmarkable.class);
    }

    @Test
    void anotherPreviousValueThanTheKeyHeldIsFound() {
        change(PUTS_OF_A, 11, events -> {
            WatchEvent event = events.events().get(0);
            KeyValue before = event.previous().orElseThrow();
            KeyValue other = new KeyValue(
                    before.key(), Bytes.utf8("other"), before.createRevision(), before.modRevision(), 2, 4);
            return List.of(
                    new WatchMessage.Events(11, List.of(new WatchEvent(record(event), Optional.of(other))), false));
        });
        assertBroken(run, IsCreateAndPrevious.class);
    }

    @Test
    void aPreviousValueThatIsNotShownAlthoughHistoryHasItIsFound() {
        change(
                PUTS_OF_A,
                11,
                events -> List.of(new WatchMessage.Events(
                        11, List.of(events.events().get(0).withoutPrevious()), false)));
        assertBroken(run, IsCreateAndPrevious.class);
    }

    @Test
    void aPreviousValueThatNobodyAskedForIsFound() {
        change(EXACTLY, 11, events -> List.of(new WatchMessage.Events(11, run.eventsAt(11), false)));
        assertBroken(run, IsCreateAndPrevious.class);
    }

    @Test
    void aCreationOfAKeyThatWasThereIsFound() {
        change(PUTS_OF_A, 11, events -> {
            WatchEvent event = events.events().get(0);
            KeyRecord created = new KeyRecord(event.key(), true, record(event).value(), 11, new Revision(11, 0), 3, 11);
            return List.of(new WatchMessage.Events(11, List.of(new WatchEvent(created, event.previous())), false));
        });
        assertBroken(run, IsCreateAndPrevious.class, Reliable.class);
    }

    @Test
    void aKeyOutsideOfTheRangeIsFound() {
        change(PUTS_OF_A, 4, events -> {
            List<WatchEvent> more = new ArrayList<>(events.events());
            more.add(run.eventsAt(4).get(1));
            return List.of(new WatchMessage.Events(4, more, false));
        });
        assertBroken(run, Filter.class);
    }

    @Test
    void aWatchFromBelowTheCompactRevisionThatIsNotToldSoIsFound() {
        run.received(BELOW, received -> received.subList(0, 1));
        assertBroken(run, CompactedStart.class);
    }

    @Test
    void aWatchFromExactlyTheCompactRevisionWithoutItsChangesIsFound() {
        change(EXACTLY, 4, events -> List.of());
        assertBroken(run, CompactedStart.class, Reliable.class, Resumable.class);
    }

    @Test
    void aWatchThatIsToldOfACompactionThatNobodyAskedForIsFound() {
        run.messages(
                FUTURE,
                message -> Optional.of(
                        message instanceof WatchMessage.Canceled
                                ? new WatchMessage.Canceled(11, WatchMessage.Reason.COMPACTED, 99)
                                : message));
        assertBroken(run, CompactedStart.class);
    }

    @Test
    void progressBelowAStartInTheFutureIsFound() {
        insert(FUTURE, 10, new WatchMessage.Progress(7));
        assertBroken(run, FutureStart.class);
    }

    @Test
    void anEventBelowAStartInTheFutureIsFound() {
        insert(
                FUTURE,
                21,
                new WatchMessage.Events(
                        8,
                        run.eventsAt(8).stream()
                                .map(WatchEvent::withoutPrevious)
                                .toList(),
                        false));
        assertBroken(run, FutureStart.class, Resumable.class);
    }

    @Test
    void aWatchThatWasNeverMadeIsFound() {
        run.messages(
                FUTURE, message -> message instanceof WatchMessage.Created ? Optional.empty() : Optional.of(message));
        assertBroken(run, CreatedFirst.class);
    }

    @Test
    void aMessageBehindTheEndOfAWatchIsFound() {
        run.received(FUTURE, received -> {
            received.add(new Received(nanos(31), new WatchMessage.Progress(11)));
            return received;
        });
        assertBroken(run, CreatedFirst.class);
    }

    @Test
    void anEventBeforeItsCommandWasCalledIsPremature() {
        run.operation(26, next -> at(next, nanos(26) + nanos(1) / 2, nanos(26) + nanos(1) / 2));
        assertBroken(run, NotPremature.class);
    }

    @Test
    void theDelayOfEventsIsMeasured() {
        run.operation(26, next -> at(next, nanos(26), nanos(26) + nanos(1) / 10));
        WatchDelay delay = WatchDelay.of(run.history());
        assertThat(delay.events()).isGreaterThan(10);
        assertThat(delay.medianNanos()).isZero();
        assertThat(delay.maxNanos()).isEqualTo(nanos(1) / 10);
    }

    @Test
    void aGapOfTheReferenceIsItsOwnWhereAWriteWasAcknowledged() {
        change(History.REFERENCE, 9, events -> List.of());
        assertBroken(run, Reliable.class);
    }

    private static Operation at(Operation operation, long callNanos, long returnNanos) {
        return new Operation(
                operation.number(),
                operation.client(),
                operation.member(),
                callNanos,
                returnNanos,
                operation.request(),
                operation.outcome(),
                operation.answer());
    }

    private static KeyRecord record(WatchEvent event) {
        KeyValue now = event.current().orElseThrow();
        return new KeyRecord(
                now.key(),
                true,
                now.value(),
                now.createRevision(),
                new Revision(now.modRevision(), 0),
                now.version(),
                now.writeVersion(),
                now.lease());
    }

    private static WatchEvent withValue(WatchEvent event, String value) {
        KeyRecord record = record(event);
        KeyRecord changed = new KeyRecord(
                record.key(),
                true,
                Bytes.utf8(value),
                record.createRevision(),
                record.modified(),
                record.version(),
                record.writeVersion(),
                record.lease());
        return new WatchEvent(changed, Optional.empty());
    }
}
