package io.hightower.kv.cluster.guarantees.watch;

import io.hightower.kv.cluster.guarantees.history.Change;
import io.hightower.kv.cluster.guarantees.history.EventLog;
import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.WatchSession;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Progress is a bookmark: all wanted changes up to its revision were given before it, none of them comes after it, and it lies
 * neither before what was given or promised earlier nor beyond what the store has reached.
 */
public final class Bookmarkable implements Guarantee {
    private static final String PROGRESS = "messages of progress";
    private static final String BEHIND = "messages of progress behind events";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, PROGRESS, BEHIND);
        long reached = reached(history);
        history.watches().forEach(session -> new Reading(history.log(), session, findings).run(reached));
        return findings.judgement();
    }

    private static long reached(History history) {
        long reached = history.log().last();
        return history.answered().stream()
                .mapToLong(next -> next.answer().orElseThrow().revision())
                .reduce(reached, Math::max);
    }

    /** One watch, read message by message. */
    private static final class Reading {
        private final EventLog log;
        private final WatchSession session;
        private final Findings findings;
        private final Set<Change> given = new HashSet<>();

        /** The last revision that was given or promised. */
        private long last;

        private long promised;

        /** Changes before it were looked for already. */
        private long lookedFor;

        Reading(EventLog log, WatchSession session, Findings findings) {
            this.log = log;
            this.session = session;
            this.findings = findings;
        }

        void run(long reached) {
            OptionalLong first = session.firstRevision();
            if (first.isEmpty()) {
                return;
            }
            lookedFor = first.getAsLong();
            for (WatchSession.Received next : session.received()) {
                if (next.message() instanceof WatchMessage.Events events) {
                    events.events().forEach(this::event);
                } else if (next.message() instanceof WatchMessage.Progress progress) {
                    progress(progress.revision(), reached);
                }
            }
        }

        private void event(WatchEvent event) {
            if (event.revision() <= promised) {
                findings.violated(
                        "An event came that progress had said to be given: event=" + event + " progress=" + promised,
                        session);
            }
            last = Math.max(last, event.revision());
            given.add(Change.of(event));
        }

        private void progress(long revision, long reached) {
            findings.judged(PROGRESS);
            if (!given.isEmpty()) {
                findings.judged(BEHIND);
            }
            if (revision < last || revision > reached) {
                findings.violated(
                        "Progress lies before what was given or beyond what the store has reached: progress=" + revision
                                + " given=" + last + " reached=" + reached,
                        session);
            }
            for (Change change : log.between(lookedFor, revision)) {
                if (session.wants(change) && !given.contains(change)) {
                    findings.violated(
                            "Progress was promised ahead of a change that was not given: progress=" + revision
                                    + " change=" + change,
                            session);
                }
            }
            lookedFor = Math.max(lookedFor, revision + 1);
            promised = Math.max(promised, revision);
            last = Math.max(last, revision);
        }
    }
}
