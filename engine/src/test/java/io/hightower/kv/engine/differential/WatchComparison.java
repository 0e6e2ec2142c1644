package io.hightower.kv.engine.differential;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The watches of a program, by what they have told in the end. What must come in one response is {@link EventOrder}'s concern;
 * how responses are cut otherwise is not specified. <b>Used by one thread at a time.</b>
 *
 * <p>A compaction ends watches that are behind, and how far etcd's are nobody knows: so before each, all of them are waited for.
 */
final class WatchComparison {
    private final Side etcd;
    private final Side ours;
    private final Tally tally;
    private final List<Opened> opened = new ArrayList<>();

    /** Revisions that changed a key twice: etcd tells of each change, we of the last. */
    private final Set<Long> overwritten = new HashSet<>();

    private boolean someMayBeBehind;

    WatchComparison(Side etcd, Side ours, Tally tally) {
        this.etcd = etcd;
        this.ours = ours;
        this.tally = tally;
    }

    /**
     * A watch.
     *
     * @param before where the stores stood when it was opened
     */
    record Opened(Call.Watch call, Moment before) {
        /** Tells whether a change was made at the compact revision, and the watch begins there. */
        private boolean isAtTheEdge(Watching.Event event) {
            return event.revision() == call.startRevision() && event.revision() == before.compactRevision();
        }

        /** Returns what etcd 3.4.23 tells for what we told, see {@link ListedDifference}. */
        List<Watching.Event> listed(List<Watching.Event> events) {
            return events.stream()
                    .filter(event -> !(isAtTheEdge(event) && event.isDelete()))
                    .map(event -> isAtTheEdge(event) ? event.withoutPrevious() : event)
                    .toList();
        }
    }

    /** Notes a watch that both sides opened. */
    void opened(Call.Watch call, Moment before) {
        opened.add(new Opened(call, before));
        someMayBeBehind |= call.startRevision() > 0 && call.startRevision() <= before.revision();
    }

    /** Notes a revision that changed a key twice. */
    void overwritten(long revision) {
        overwritten.add(revision);
    }

    /** Compares what all watches have told. */
    void settle(Moment moment) {
        if (someMayBeBehind) {
            etcd.awaitWatches(moment);
            ours.awaitWatches(moment);
            someMayBeBehind = false;
        }
        for (int i = 0; i < opened.size(); i++) {
            compare(opened.get(i), etcd.watches().get(i), ours.watches().get(i), moment);
        }
    }

    /** Counts what was compared. */
    void count() {
        ours.watches().stream().map(watch -> watch.told(0, told -> true)).forEach(told -> {
            tally.add("of Watch -> events", told.events().size());
            tally.add(told.compacted().isPresent() ? "of Watch -> compacted" : "of Watch -> open to the end");
        });
    }

    private void compare(Opened watch, Watching theirs, Watching mine, Moment moment) {
        Watching.Told we = comparable(mine.told(moment.revision(), told -> true));
        Watching.Told listed = new Watching.Told(watch.listed(we.events()), we.compacted());
        Watching.Told they = comparable(theirs.told(
                moment.revision(),
                told -> comparable(told).events().size() >= listed.events().size()
                        && told.compacted().isPresent() == we.compacted().isPresent()));
        if (!they.equals(we) && !they.equals(listed)) {
            throw new AssertionError("Told otherwise: " + watch + "\n    etcd: " + they + "\n    ours: " + we);
        }
        if (they.events().size() < we.events().size()) {
            tally.add("differs: " + ListedDifference.DELETE_AT_THE_COMPACT_REVISION_NOT_WATCHED);
        } else if (!they.equals(we)) {
            tally.add("differs: " + ListedDifference.PREVIOUS_OF_THE_COMPACT_REVISION_STILL_KNOWN);
        }
    }

    private Watching.Told comparable(Watching.Told told) {
        if (overwritten.isEmpty()) {
            return told;
        }
        List<Watching.Event> events = told.events().stream()
                .filter(event -> !overwritten.contains(event.revision()))
                .toList();
        return new Watching.Told(events, told.compacted());
    }
}
