package io.hightower.kv.engine.differential;

import java.util.ArrayList;
import java.util.List;

/** One program, carried out by both sides. <b>Used by one thread at a time.</b> */
final class Comparison {
    private static final int CALLS_SHOWN = 30;

    private final Side etcd;
    private final Side ours;
    private final Tally tally;
    private final WatchComparison watches;
    private final List<ListedDifference.Compared> done = new ArrayList<>();
    private Moment moment = Moment.START;

    /** The last revision that changed a key twice. */
    private long overwroteItself;

    Comparison(Side etcd, Side ours, Tally tally) {
        this.etcd = etcd;
        this.ours = ours;
        this.tally = tally;
        this.watches = new WatchComparison(etcd, ours, tally);
    }

    /** Carries out the steps, and fails at the first that is answered otherwise. */
    void run(List<Step> steps) {
        for (Step step : steps) {
            compare(step.call(moment));
        }
        RandomCalls.farewell().forEach(this::compare);
        settleWatches();
        watches.count();
    }

    /** Compares what the watches have told so far. */
    void settleWatches() {
        try {
            watches.settle(moment);
        } catch (AssertionError e) {
            throw new AssertionError(before() + e.getMessage(), e);
        }
    }

    /** Has both sides answer a call, and fails if they do not answer alike. */
    void compare(Call call) {
        if (call instanceof Call.Compact) {
            settleWatches();
        }
        Answer theirs = call.on(etcd);
        Answer mine = call.on(ours);
        if (call instanceof Call.Hash && overwroteItself > moment.compactRevision()) {
            return;
        }
        ListedDifference.Compared compared = new ListedDifference.Compared(call, moment, theirs, mine);
        if (!theirs.equals(mine)) {
            ListedDifference listed =
                    ListedDifference.of(compared).orElseThrow(() -> new AssertionError(before() + shown(compared)));
            tally.add("differs: " + listed);
        }
        done.add(compared);
        if (call instanceof Call.Watch watch && mine instanceof Answer.Watched) {
            watches.opened(watch, moment);
        }
        moment = after(call, mine);
        if (SelfOverwriting.isIn(call, mine)) {
            overwroteItself = mine.revision();
            watches.overwritten(overwroteItself);
            tally.add("in Txn -> a key changed twice");
        }
        tally.add(call, mine);
    }

    private Moment after(Call call, Answer answer) {
        if (call instanceof Call.Compact compact && answer instanceof Answer.Compacted) {
            return new Moment(moment.revision(), compact.revision());
        }
        return answer.revision() == 0 ? moment : new Moment(answer.revision(), moment.compactRevision());
    }

    private String before() {
        int first = Math.max(0, done.size() - CALLS_SHOWN);
        StringBuilder text = new StringBuilder(
                "Answered otherwise, in " + moment + ", after these calls (" + first + " more before them):\n");
        done.subList(first, done.size()).forEach(compared -> text.append(shown(compared)));
        return text.toString();
    }

    private static String shown(ListedDifference.Compared compared) {
        String answers = compared.etcd().equals(compared.ours())
                ? "    both: " + compared.ours()
                : "    etcd: " + compared.etcd() + "\n    ours: " + compared.ours();
        return "  " + compared.call() + "\n" + answers + "\n";
    }
}
