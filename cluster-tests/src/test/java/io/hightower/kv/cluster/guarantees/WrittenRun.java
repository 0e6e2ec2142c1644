package io.hightower.kv.cluster.guarantees;

import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.history.Outcome;
import io.hightower.kv.cluster.guarantees.history.Request;
import io.hightower.kv.cluster.guarantees.history.Sample;
import io.hightower.kv.cluster.guarantees.history.WatchSession;
import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A run written by hand, a second per operation, in which nothing is wrong and every guarantee finds something to judge. Tests
 * change one thing of it.
 *
 * <pre>
 * seconds  1 put a=1                  -> 2
 *          2 put b=1                  -> 3
 *          3 txn: put a=2, put c=1    -> 4
 *          4 delete b                 -> 5
 *          5 grant lease 7 for 10 s,  6 put x on it -> 6,  7 put y on it -> 7,  8 renew it
 *          9 read all,  10 read all at 4,  11 compact 4,  12 read at 3: refused,  13 read at 4
 *         20                          -> 8   lease 7 ends, x and y with it
 *         21 renew lease 7: gone,  22 grant lease 8,  23 put z on it -> 9,  24 revoke it -> 10
 *         25 delete b: nothing,  26 put a=3 -> 11,  27 the last reading
 * </pre>
 */
public final class WrittenRun {
    /** The name of the watcher of {@code [a, b)}, puts only, with what was there before. */
    public static final String PUTS_OF_A = "puts-of-a";

    /** The name of the watcher that goes on in a second session. */
    public static final String RESUMING = "resuming";

    /** The name of the watcher that begins below the compact revision. */
    public static final String BELOW = "below";

    /** The name of the watcher that begins at the compact revision. */
    public static final String EXACTLY = "exactly";

    /** The name of the watcher that begins in the future. */
    public static final String FUTURE = "future";

    /** The name of the watcher that has everything cut. */
    public static final String FRAGMENTS = "fragments";

    private static final long LAST_SECOND = 30;

    private final List<Operation> operations = new ArrayList<>();
    private final List<WatchSession> watches = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();

    private final TreeMap<Bytes, KeyRecord> held = new TreeMap<>();
    private final TreeMap<Long, List<WatchEvent>> events = new TreeMap<>();
    private final TreeMap<Long, Long> seconds = new TreeMap<>();
    private long revision = Revision.EMPTY_STORE;

    /** Writes the run. */
    public WrittenRun() {
        operate();
        for (String member : List.of("m1", "m2")) {
            samples.add(new Sample(member, Sample.Kind.STATE, "index=20", 5));
            samples.add(new Sample(member, Sample.Kind.HISTORY, "revision=11 compact=4", 6));
        }
        watch();
    }

    private void operate() {
        put(1, "a", "1", 0);
        put(2, "b", "1", 0);
        change(3, write("a", "2", 0), write("c", "1", 0));
        answered(
                3,
                new Command.Txn(List.of(), List.of(putting("a", "2", 0), putting("c", "1", 0)), List.of()),
                new Result.TxnResult(4, true, List.of(putResult(4), putResult(4))));
        change(4, end("b"));
        answered(4, Command.delete(key("b")), new Result.DeleteResult(5, ApplyOutcome.REMOVED, true));
        answered(5, new Command.GrantLease(7, 10), new Result.LeaseResult(5, 7, 10));
        put(6, "x", "1", 7);
        put(7, "y", "1", 7);
        answered(8, new Command.RenewLease(7), new Result.LeaseResult(7, 7, 10));
        read(9, "reader", RangeRequest.NEWEST);
        read(10, "reader", 4);
        answered(11, new Command.Compact(4), new Result.CompactResult(7, 4));
        refuse(12, 3);
        read(13, "reader", 4);
        change(20, end("x"), end("y"));
        answered(21, new Command.RenewLease(7), new Result.LeaseResult(8, 7, 0));
        answered(22, new Command.GrantLease(8, 10), new Result.LeaseResult(8, 8, 10));
        put(23, "z", "1", 8);
        change(24, end("z"));
        answered(24, new Command.RevokeLease(8), new Result.RevokeResult(10, true, 1));
        answered(25, Command.delete(key("b")), new Result.DeleteResult(10, ApplyOutcome.REMOVED, false));
        put(26, "a", "3", 0);
        read(27, History.LAST_READER, RangeRequest.NEWEST);
    }

    private void watch() {
        WatchRequest all = WatchRequest.of(KeyRange.all());
        session(History.REFERENCE, 0, LAST_SECOND, all.from(1));
        KeyRange a = KeyRange.of(key("a"), key("b"));
        session(
                PUTS_OF_A,
                0,
                LAST_SECOND,
                WatchRequest.of(a).only(WatchRequest.Changes.PUTS).withPrevious());
        session(RESUMING, 0, 5, all);
        session(RESUMING, 6, LAST_SECOND, all.from(6));
        canceled(BELOW, 25, all.from(2));
        session(EXACTLY, 25, LAST_SECOND, all.from(4));
        session(FUTURE, 5, LAST_SECOND, all.from(9).withProgress());
        session(FRAGMENTS, 0, LAST_SECOND, all.from(1).inFragmentsOf(1));
    }

    /** Returns a key. */
    public static Bytes key(String text) {
        return Bytes.utf8(text);
    }

    /** Returns a time of the run. */
    public static long nanos(long second) {
        return TimeUnit.SECONDS.toNanos(second);
    }

    private static Command.Put putting(String key, String value, long lease) {
        PutOptions options = lease == 0 ? PutOptions.NONE : PutOptions.lease(lease);
        return new Command.Put(key(key), Bytes.utf8(value), Command.NO_VERSION, options);
    }

    private static Result.PutResult putResult(long at) {
        return new Result.PutResult(at, ApplyOutcome.APPLIED, at);
    }

    private void put(long second, String key, String value, long lease) {
        change(second, write(key, value, lease));
        answered(second, putting(key, value, lease), putResult(revision));
    }

    private interface Write {
        KeyRecord at(Optional<KeyRecord> before, Revision at);
    }

    private static KeyedWrite write(String key, String value, long lease) {
        return new KeyedWrite(
                key(key),
                (before, at) -> new KeyRecord(
                        key(key),
                        true,
                        Bytes.utf8(value),
                        before.map(KeyRecord::createRevision).orElse(at.main()),
                        at,
                        before.map(KeyRecord::version).orElse(0L) + 1,
                        at.main(),
                        lease));
    }

    private static KeyedWrite end(String key) {
        return new KeyedWrite(key(key), (before, at) -> KeyRecord.tombstone(key(key), at, at.main()));
    }

    private record KeyedWrite(Bytes key, Write write) {}

    private void change(long second, KeyedWrite... writes) {
        revision++;
        seconds.put(revision, second);
        List<WatchEvent> changed = new ArrayList<>();
        for (KeyedWrite next : writes) {
            Optional<KeyRecord> before = Optional.ofNullable(held.get(next.key()));
            KeyRecord written = next.write().at(before, new Revision(revision, changed.size()));
            changed.add(new WatchEvent(written, before.map(KeyRecord::toKeyValue)));
            if (written.live()) {
                held.put(next.key(), written);
            } else {
                held.remove(next.key());
            }
        }
        events.put(revision, changed);
    }

    private void answered(long second, Command command, Result answer) {
        add(second, "writer", new Request.Submitted(command), answer);
    }

    private void read(long second, String client, long at) {
        TreeMap<Bytes, KeyValue> shown = new TreeMap<>();
        events.forEach((made, changes) -> {
            for (WatchEvent event : changes) {
                if (at == RangeRequest.NEWEST || made <= at) {
                    shown.remove(event.key());
                    event.current().ifPresent(now -> shown.put(event.key(), now));
                }
            }
        });
        RangeRequest asked = RangeRequest.of(KeyRange.all()).atRevision(at);
        List<KeyValue> found = List.copyOf(shown.values());
        add(second, client, new Request.Read(asked), new Result.RangeResult(revision, found, false, found.size()));
    }

    private void refuse(long second, long at) {
        RangeRequest asked = RangeRequest.of(KeyRange.all()).atRevision(at);
        add(second, "reader", new Request.Read(asked), new Result.Refused(revision, Refusal.COMPACTED, 4));
    }

    private void add(long second, String client, Request request, Result answer) {
        operations.add(new Operation(
                second,
                client,
                "m1",
                nanos(second),
                nanos(second) + nanos(1) / 4,
                request,
                Outcome.OK,
                Optional.of(answer)));
    }

    /** Adds a watch that is given everything, asked for progress, and closed. */
    private void session(String watcher, long opened, long closed, WatchRequest request) {
        long created = revisionAt(opened);
        List<WatchSession.Received> received = new ArrayList<>();
        received.add(received(opened, 1, new WatchMessage.Created(created)));
        long first = request.startRevision() == WatchRequest.FROM_NOW ? created + 1 : request.startRevision();
        long last = revisionAt(closed);
        events.subMap(first, true, last, true).forEach((made, changes) -> {
            long second = Math.max(opened, seconds.get(made));
            messages(request, changes).forEach(message -> received.add(received(second, 2, message)));
        });
        received.add(received(closed, 3, new WatchMessage.Progress(last)));
        received.add(received(closed, 4, new WatchMessage.Canceled(last, WatchMessage.Reason.CLOSED, 0)));
        watches.add(new WatchSession(watches.size() + 1, watcher, "m1", nanos(opened), request, received));
    }

    private static List<WatchMessage> messages(WatchRequest request, List<WatchEvent> changes) {
        List<WatchEvent> wanted = changes.stream()
                .filter(event -> request.range().contains(event.key())
                        && request.changes().include(event.kind()))
                .map(event -> request.previous() ? event : event.withoutPrevious())
                .toList();
        if (wanted.isEmpty()) {
            return List.of();
        }
        long made = wanted.get(0).revision();
        if (request.fragmentBytes() == WatchRequest.WHOLE) {
            return List.of(new WatchMessage.Events(made, wanted, false));
        }
        List<WatchMessage> pieces = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            pieces.add(new WatchMessage.Events(made, List.of(wanted.get(i)), i < wanted.size() - 1));
        }
        return pieces;
    }

    private void canceled(String watcher, long opened, WatchRequest request) {
        long created = revisionAt(opened);
        List<WatchSession.Received> received = List.of(
                received(opened, 1, new WatchMessage.Created(created)),
                received(opened, 2, new WatchMessage.Canceled(created, WatchMessage.Reason.COMPACTED, 4)));
        watches.add(new WatchSession(watches.size() + 1, watcher, "m1", nanos(opened), request, received));
    }

    private static WatchSession.Received received(long second, long tenths, WatchMessage message) {
        return new WatchSession.Received(nanos(second) + tenths * nanos(1) / 10, message);
    }

    private long revisionAt(long second) {
        long reached = Revision.EMPTY_STORE;
        for (Map.Entry<Long, Long> next : seconds.entrySet()) {
            reached = next.getValue() < second ? next.getKey() : reached;
        }
        return reached;
    }

    /** Changes the operation of a second. */
    public WrittenRun operation(long second, UnaryOperator<Operation> change) {
        operations.replaceAll(next -> next.number() == second ? change.apply(next) : next);
        return this;
    }

    /** Gives the operation of a second another answer. */
    public WrittenRun answer(long second, Result answer) {
        return operation(
                second,
                next -> new Operation(
                        next.number(),
                        next.client(),
                        next.member(),
                        next.callNanos(),
                        next.returnNanos(),
                        next.request(),
                        Outcome.OK,
                        Optional.of(answer)));
    }

    /** Changes what the reading of a second found. */
    public WrittenRun reading(long second, UnaryOperator<List<KeyValue>> change) {
        return operation(second, next -> {
            Result.RangeResult told = (Result.RangeResult) next.answer().orElseThrow();
            List<KeyValue> found = change.apply(new ArrayList<>(told.keyValues()));
            return new Operation(
                    next.number(),
                    next.client(),
                    next.member(),
                    next.callNanos(),
                    next.returnNanos(),
                    next.request(),
                    Outcome.OK,
                    Optional.of(new Result.RangeResult(told.revision(), found, false, found.size())));
        });
    }

    /** Leaves operations out. */
    public WrittenRun without(long... gone) {
        for (long second : gone) {
            operations.removeIf(next -> next.number() == second);
        }
        return this;
    }

    /** Changes what the last session of a watcher received. */
    public WrittenRun received(String watcher, UnaryOperator<List<WatchSession.Received>> change) {
        for (int i = watches.size() - 1; i >= 0; i--) {
            WatchSession session = watches.get(i);
            if (session.watcher().equals(watcher)) {
                List<WatchSession.Received> changed = change.apply(new ArrayList<>(session.received()));
                watches.set(
                        i,
                        new WatchSession(
                                session.number(),
                                watcher,
                                session.member(),
                                session.openedNanos(),
                                session.request(),
                                changed));
                break;
            }
        }
        return this;
    }

    /** Changes the messages of the last session of a watcher, keeping each one's time; nothing drops it. */
    public WrittenRun messages(String watcher, Function<WatchMessage, Optional<WatchMessage>> change) {
        return received(watcher, received -> {
            List<WatchSession.Received> changed = new ArrayList<>();
            received.forEach(next -> change.apply(next.message())
                    .ifPresent(message -> changed.add(new WatchSession.Received(next.nanos(), message))));
            return changed;
        });
    }

    /** Changes what every watcher was given: the store's own history was different. */
    public WrittenRun everybody(Function<WatchMessage, Optional<WatchMessage>> change) {
        for (String watcher :
                watches.stream().map(WatchSession::watcher).distinct().toList()) {
            messages(watcher, change);
        }
        return this;
    }

    /** Adds a hash. */
    public WrittenRun sample(Sample sample) {
        samples.add(sample);
        return this;
    }

    /** Adds an operation that was answered. */
    public WrittenRun also(long second, String client, Request request, Result answer) {
        add(second, client, request, answer);
        return this;
    }

    /** Returns the events of a revision. */
    public List<WatchEvent> eventsAt(long at) {
        return events.get(at);
    }

    /** Returns the history. */
    public History history() {
        return new History(operations, watches, samples);
    }
}
