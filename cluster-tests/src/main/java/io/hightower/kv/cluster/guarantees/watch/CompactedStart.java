package io.hightower.kv.cluster.guarantees.watch;

import io.hightower.kv.cluster.guarantees.history.Change;
import io.hightower.kv.cluster.guarantees.history.History;
import io.hightower.kv.cluster.guarantees.history.Operation;
import io.hightower.kv.cluster.guarantees.history.WatchSession;
import io.hightower.kv.cluster.guarantees.law.Findings;
import io.hightower.kv.cluster.guarantees.law.Guarantee;
import io.hightower.kv.cluster.guarantees.law.Judgement;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.watch.WatchEvent;
import io.hightower.kv.statemachine.watch.WatchMessage;
import io.hightower.kv.statemachine.watch.WatchRequest;
import java.util.List;
import java.util.Optional;

/**
 * A watch that begins below the compact revision is told so, with the revision to begin at, and gets no events; one that begins
 * at exactly the compact revision gets its events, deletes included. Nobody else is told that something was compacted, unless a
 * compaction overtook what was still to be given.
 *
 * <p>A member may not have heard yet of a compaction that was acknowledged, or have to read its log first. It certainly knows
 * once its revision is beyond that at which the compaction was done.
 */
public final class CompactedStart implements Guarantee {
    private static final String BELOW = "watches from below the compact revision";
    private static final String EXACTLY = "watches from exactly the compact revision";

    @Override
    public Judgement check(History history) {
        Findings findings = Findings.of(this, BELOW, EXACTLY);
        for (WatchSession session : history.watches()) {
            if (session.createdRevision().isPresent()) {
                checkStart(history, session, findings);
                checkReason(history, session, findings);
            }
        }
        return findings.judgement();
    }

    private static void checkStart(History history, WatchSession session, Findings findings) {
        long start = session.request().startRevision();
        long compacted = compactRevisionBefore(history, session);
        boolean told = isCompacted(session);
        if (start == WatchRequest.FROM_NOW || compacted == 0 || start > compacted) {
            return;
        }
        if (start < compacted) {
            findings.judged(BELOW);
            boolean givenAnything =
                    !session.events().isEmpty() || session.completeThrough().isPresent();
            if (givenAnything || session.canceled().isEmpty()) {
                findings.violated(
                        "A watch from below the compact revision was not told so at once: start=" + start
                                + " compactRevision=" + compacted,
                        session);
            }
        } else if (!told && session.completeThrough().orElse(0) >= start) {
            findings.judged(EXACTLY);
            List<Change> wanted =
                    history.log().at(start).stream().filter(session::wants).toList();
            List<Change> given = session.wholeEvents().stream()
                    .filter(event -> event.revision() == start)
                    .map(Change::of)
                    .toList();
            if (!given.equals(wanted)) {
                findings.violated(
                        "A watch from exactly the compact revision was not given its changes: expected=" + wanted
                                + " found=" + given,
                        session);
            }
        }
    }

    /** Returns the compact revision that the member of a watch certainly knew when it was opened; 0 for none. */
    private static long compactRevisionBefore(History history, WatchSession session) {
        long created = session.createdRevision().orElse(0);
        return history.compactions().stream()
                .filter(next ->
                        next.answer().orElse(null) instanceof Result.CompactResult done && created > done.revision())
                .mapToLong(CompactedStart::revisionOf)
                .max()
                .orElse(0);
    }

    private static void checkReason(History history, WatchSession session, Findings findings) {
        Optional<WatchMessage.Canceled> canceled = session.canceled();
        if (!isCompacted(session) || canceled.isEmpty()) {
            return;
        }
        long restart = canceled.get().restartRevision();
        long endedNanos = session.nanosOf(WatchMessage.Canceled.class).orElse(Operation.NEVER);
        List<WatchEvent> events = session.events();
        long next = events.isEmpty()
                ? session.firstRevision().orElse(0)
                : events.get(events.size() - 1).revision();
        boolean explained = history.compactions().stream()
                .anyMatch(compaction -> revisionOf(compaction) == restart && compaction.callNanos() <= endedNanos);
        if (!explained || restart <= next) {
            findings.violated(
                    "A watch was told of a compaction that nobody had asked for, or that did not concern it: restart="
                            + restart + " next=" + next,
                    session);
        }
    }

    private static boolean isCompacted(WatchSession session) {
        return session.canceled().map(WatchMessage.Canceled::reason).orElse(WatchMessage.Reason.CLOSED)
                == WatchMessage.Reason.COMPACTED;
    }

    private static long revisionOf(Operation compaction) {
        return ((Command.Compact) compaction.command().orElseThrow()).revision();
    }
}
