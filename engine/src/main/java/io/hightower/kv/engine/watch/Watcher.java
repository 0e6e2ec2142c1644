package io.hightower.kv.engine.watch;

import io.hightower.kv.statemachine.watch.Watch;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One watch. It holds references to revisions that it has not given yet, few of them; which revisions it still wants behind
 * those is one number.
 *
 * <pre>
 * synced:   the dispatcher offers what concerns it         pending: 7 9      wants 10 and later, if the dispatcher has them
 * lagging:  more was offered than it holds, or it began in the past          wants 10, from RecentChanges or from history
 * fetched:  lagging, and its reader waits: the thread of history works for it
 * </pre>
 *
 * <p><b>Thread-safe.</b> Guarded by its monitor, which is never held while something else is locked or read.
 */
final class Watcher implements Watch {
    /** So many revisions wait here at most; what comes behind them is read again later. */
    static final int PENDING_MAX = 256;

    /** Unless fragments of another size were asked for. */
    private static final int MESSAGE_BYTES = 512 * 1024;

    private static final long NO_PROGRESS_ASKED = -1;

    private static final System.Logger LOGGER = System.getLogger(Watcher.class.getName());

    private final WatchHub hub;
    private final WatchRequest request;

    /** A message is not continued with another revision beyond so many bytes, nor within one if it may be cut. */
    private final int messageBytes;

    /** What is given before anything else; null once it was. */
    private WatchMessage.@Nullable Created created;

    private final ArrayDeque<RevisionChanges> pending = new ArrayDeque<>();

    /** How many wanted events of the first pending revision were given already, in fragments. */
    private int givenOfFirst;

    /** The part of history that {@link #pending} refers to, if any of it does. */
    private @Nullable HistoryChunk chunk;

    /** The first revision that is neither given nor pending, as far as it is known; smaller ones are not taken. */
    private long next;

    private boolean synced;
    private boolean fetched;

    /** It has left out something of the part of history that it is offered. */
    private boolean holdsEnough;

    /** Its reader has found nothing since it was told of something. */
    private boolean readerWaits;

    /** Events were given since the last tick of progress. */
    private boolean gaveEvents;

    private long progressAsked = NO_PROGRESS_ASKED;

    private @Nullable WatchMessage end;
    private boolean ended;
    private Runnable onReady = () -> {};

    /** Begins lagging, so that it is placed by the hub. */
    Watcher(WatchHub hub, WatchRequest request, long createdRevision) {
        this.hub = hub;
        this.request = request;
        this.next = request.startRevision() == WatchRequest.FROM_NOW ? createdRevision + 1 : request.startRevision();
        created = new WatchMessage.Created(createdRevision);
        messageBytes = request.fragmentBytes() == WatchRequest.WHOLE
                ? MESSAGE_BYTES
                : Math.min(MESSAGE_BYTES, request.fragmentBytes());
    }

    WatchRequest request() {
        return request;
    }

    @Override
    public Optional<WatchMessage> poll() {
        Optional<WatchMessage> given;
        boolean fetch = false;
        // Read first: what the dispatcher has told of by then is pending or given.
        long dispatched = hub.dispatched();
        synchronized (this) {
            given = take(dispatched);
            readerWaits = given.isEmpty();
            if (given.isEmpty() && !synced && !fetched && end == null) {
                fetched = true;
                fetch = true;
            }
        }
        if (fetch) {
            hub.fetch(this);
        }
        return given;
    }

    /** Takes what comes next. Guarded by this. */
    private Optional<WatchMessage> take(long dispatched) {
        if (ended) {
            return Optional.empty();
        }
        WatchMessage message = created;
        created = null;
        if (message == null) {
            message = takeEvents();
        }
        if (message == null) {
            message = takeProgress(dispatched);
        }
        if (message == null && end != null) {
            message = end;
            ended = true;
        }
        gaveEvents |= message instanceof WatchMessage.Events;
        return Optional.ofNullable(message);
    }

    /** Takes the events of revisions that are pending. Guarded by this. */
    private @Nullable WatchMessage takeEvents() {
        List<WatchEvent> events = new ArrayList<>();
        long bytes = 0;
        boolean cut = false;
        while (!cut && !pending.isEmpty()) {
            KeyedEvents keyed = pending.getFirst().events();
            if (keyed == null) {
                if (events.isEmpty()) {
                    lagFrom(pending.getFirst().revision());
                }
                break;
            }
            List<WatchEvent> wanted = wanted(keyed);
            long wantedBytes = bytes(wanted);
            if (!events.isEmpty() && bytes + wantedBytes > messageBytes) {
                break;
            }
            int taken = wanted.size();
            if (request.fragmentBytes() != WatchRequest.WHOLE && wantedBytes > messageBytes) {
                taken = fitting(wanted);
                cut = taken < wanted.size();
            }
            events.addAll(wanted.subList(0, taken));
            bytes += wantedBytes;
            if (cut) {
                givenOfFirst += taken;
            } else {
                givenOfFirst = 0;
                pending.removeFirst();
            }
        }
        if (pending.isEmpty()) {
            leaveChunk();
        }
        return events.isEmpty()
                ? null
                : new WatchMessage.Events(events.get(events.size() - 1).revision(), events, cut);
    }

    /** Returns what is wanted of the first pending revision and was not given yet. */
    private List<WatchEvent> wanted(KeyedEvents keyed) {
        List<WatchEvent> wanted = new ArrayList<>();
        keyed.forEachIn(request.range(), event -> {
            if (request.changes().include(event.kind())) {
                wanted.add(request.previous() ? event : event.withoutPrevious());
            }
        });
        return wanted.subList(Math.min(givenOfFirst, wanted.size()), wanted.size());
    }

    private static long bytes(List<WatchEvent> events) {
        long bytes = 0;
        for (WatchEvent event : events) {
            bytes += event.bytes();
        }
        return bytes;
    }

    /** Returns how many of these events fit into a message; one at least. */
    private int fitting(List<WatchEvent> events) {
        long bytes = events.get(0).bytes();
        int count = 1;
        while (count < events.size() && bytes + events.get(count).bytes() <= messageBytes) {
            bytes += events.get(count).bytes();
            count++;
        }
        return count;
    }

    private @Nullable WatchMessage takeProgress(long dispatched) {
        if (progressAsked == NO_PROGRESS_ASKED) {
            return null;
        }
        OptionalLong through = throughNow(dispatched);
        if (through.isEmpty() || through.getAsLong() < progressAsked) {
            return null;
        }
        progressAsked = NO_PROGRESS_ASKED;
        return new WatchMessage.Progress(through.getAsLong());
    }

    /** Guarded by this. */
    private OptionalLong throughNow(long dispatched) {
        // Whoever came from history may be ahead of the dispatcher.
        long through = Math.max(dispatched, next - 1);
        boolean upToDate = synced && created == null && pending.isEmpty() && end == null;
        return upToDate && through >= request.startRevision() ? OptionalLong.of(through) : OptionalLong.empty();
    }

    /** Forgets what is pending and wants it again. Guarded by this. */
    private void lagFrom(long revision) {
        pending.clear();
        leaveChunk();
        next = revision;
        synced = false;
    }

    /** Guarded by this. */
    private void leaveChunk() {
        if (chunk != null) {
            chunk.leave();
            chunk = null;
        }
    }

    /** Takes a revision that the dispatcher has come to. Returns whether its reader is to be woken. */
    synchronized boolean offer(RevisionChanges offered) {
        if (!synced || end != null || offered.revision() < next) {
            return false;
        }
        if (pending.size() >= PENDING_MAX) {
            synced = false;
            next = offered.revision();
            return false;
        }
        pending.add(offered);
        next = offered.revision() + 1;
        return woken();
    }

    /** Says that the dispatcher has missed revisions from one on: whoever was synced is not any more. */
    synchronized boolean missed(long revision) {
        if (synced && end == null) {
            synced = false;
            next = Math.max(next, revision);
            return woken();
        }
        return false;
    }

    /** Returns the first revision that is wanted from recent changes or history; nothing if nobody has to look for one. */
    synchronized OptionalLong wanted() {
        return synced || end != null ? OptionalLong.empty() : OptionalLong.of(next);
    }

    /** Says that the dispatcher offers everything from the next revision on. Returns whether its reader is to be woken. */
    synchronized boolean sync() {
        synced = true;
        fetched = false;
        return woken();
    }

    /**
     * Takes recent revisions, which follow one another from the wanted one on; those that do not concern it, too.
     *
     * @param upToDate whether the dispatcher offers everything behind them
     */
    synchronized boolean catchUp(List<RevisionChanges> recent, boolean upToDate) {
        if (end != null) {
            return false;
        }
        pending.addAll(recent);
        next = recent.get(recent.size() - 1).revision() + 1;
        synced = upToDate;
        fetched = false;
        return woken();
    }

    /** Tells whether it stands in a part of history and wants some of it. */
    synchronized boolean standsIn(HistoryChunk read) {
        return end == null && !synced && next >= read.from() && next <= read.through();
    }

    /** Takes a revision of a part of history that it stands in, unless it has given it or holds enough. */
    synchronized void offerFromHistory(RevisionChanges read) {
        if (end != null || synced || holdsEnough || read.revision() < next) {
            return;
        }
        if (pending.size() >= PENDING_MAX) {
            // Though its reader may make room meanwhile, what follows would come without this one.
            holdsEnough = true;
            return;
        }
        pending.add(read);
        next = read.revision() + 1;
    }

    /**
     * Says that it was offered all of a part of history.
     *
     * @return whether it needs no more for now; its reader is to be woken then
     */
    synchronized boolean endOfHistory(HistoryChunk read) {
        if (end != null || synced) {
            return true;
        }
        if (!holdsEnough) {
            next = Math.max(next, read.through() + 1);
        }
        holdsEnough = false;
        if (pending.isEmpty()) {
            return false;
        }
        read.enter();
        chunk = read;
        fetched = false;
        readerWaits = false;
        return true;
    }

    /** Ends the watch once what is pending is given. Returns whether its reader is to be woken. */
    synchronized boolean end(WatchMessage.Reason reason, long revision, long restartRevision) {
        if (end != null) {
            return false;
        }
        end = new WatchMessage.Canceled(revision, reason, restartRevision);
        return woken();
    }

    /** Has progress given, if it wants that and gave no events since the last tick. Returns whether its reader is to be woken. */
    synchronized boolean tick(long dispatched) {
        boolean due = request.progress() && !gaveEvents && progressAsked == NO_PROGRESS_ASKED;
        gaveEvents = false;
        if (due && throughNow(dispatched).isPresent()) {
            progressAsked = 0;
            return woken();
        }
        return false;
    }

    /** Returns whether progress that was asked for may be given, and its reader is to be woken. */
    synchronized boolean progressMayBeDue(long dispatched) {
        return progressAsked != NO_PROGRESS_ASKED && dispatched >= progressAsked && woken();
    }

    /** Tells whether progress was asked for and not given. */
    synchronized boolean waitsForProgress() {
        return progressAsked != NO_PROGRESS_ASKED && end == null;
    }

    private boolean woken() {
        boolean waits = readerWaits;
        readerWaits = false;
        return waits;
    }

    /** Wakes the reader. Without any lock. */
    void wake() {
        Runnable callback;
        synchronized (this) {
            notifyAll();
            callback = onReady;
        }
        try {
            callback.run();
        } catch (Throwable e) {
            // Whatever it is: one reader's mistake is not the others' trouble. Who polls still gets everything.
            LOGGER.log(System.Logger.Level.WARNING, "What a watch was to run when it is ready has failed", e);
        }
    }

    @Override
    public Optional<WatchMessage> await(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(atMost);
        while (true) {
            Optional<WatchMessage> next = poll();
            if (next.isPresent()) {
                return next;
            }
            synchronized (this) {
                long left = deadline - System.nanoTime();
                if (left <= 0 || ended) {
                    return Optional.empty();
                }
                if (readerWaits) {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                }
            }
        }
    }

    @Override
    public void onReady(Runnable callback) {
        synchronized (this) {
            onReady = callback;
        }
        callback.run();
    }

    @Override
    public void requestProgress() {
        long target = hub.appliedRevision();
        boolean wake;
        synchronized (this) {
            progressAsked = Math.max(progressAsked, target);
            wake = woken();
        }
        hub.awaitProgress(this);
        if (wake) {
            wake();
        }
    }

    @Override
    public OptionalLong through() {
        long dispatched = hub.dispatched();
        synchronized (this) {
            return throughNow(dispatched);
        }
    }

    @Override
    public void close() {
        long revision = hub.appliedRevision();
        boolean wake;
        synchronized (this) {
            pending.clear();
            created = null;
            leaveChunk();
            wake = end(WatchMessage.Reason.CLOSED, revision, 0);
        }
        hub.remove(this);
        if (wake) {
            wake();
        }
    }
}
