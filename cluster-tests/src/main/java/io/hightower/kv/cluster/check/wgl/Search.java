package io.hightower.kv.cluster.check.wgl;

import io.hightower.kv.cluster.check.history.Op;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A depth-first search for a legal order of operations that agrees with their times (Wing and Gong 1993), which remembers where
 * it has been (Lowe 2017). Of the operations that can be next,
 *
 * <ul>
 *   <li>one that fits and only observes is taken at once: taking it later can only be harder;
 *   <li>those that must be in the order come before those that need not, the ones with the earliest end first;
 *   <li>of those that need not be there and do the same, only the one that was called first is tried.
 * </ul>
 *
 * <p><b>Used by one thread at a time</b>, once.
 */
final class Search {
    /** How a search ended. */
    enum End {
        /** There is such an order. */
        FOUND,
        /** There is none. */
        NONE,
        /** The budget is used up. */
        EXHAUSTED
    }

    private final Step[] steps;
    private final States states;
    private final Budget budget;
    private final Fingerprints visited;
    private final int[] keys;

    /** The obligatory steps that are not in the order, by their calls: a ring whose head is the last place. */
    private final int[] next;

    private final int[] previous;
    private final int head;
    private int missing;

    /** The other steps by what they do, each class by its calls; how many of each class are in the order. */
    private final int[][] optional;

    private final int[] taken;
    private final int[] classOf;

    /** What was done at each depth, and what could be done instead. */
    private final int[] chosen;

    private final int[][] candidates;
    private final int[] tried;
    private final int[][] undo;
    private int depth;

    private long highBits;
    private long lowBits;
    private long stepsDone;
    private List<Op> deepest = List.of();
    private int fewestMissing = Integer.MAX_VALUE;

    Search(Problem problem, Budget budget) {
        this.steps = problem.steps().toArray(Step[]::new);
        this.states = problem.states();
        this.budget = budget;
        this.visited = new Fingerprints(budget.memoEntriesMax());
        this.keys = new int[problem.keyCount()];
        this.head = steps.length;
        this.next = new int[steps.length + 1];
        this.previous = new int[steps.length + 1];
        this.classOf = new int[steps.length];
        this.optional = classes();
        this.taken = new int[optional.length];
        this.chosen = new int[steps.length + 1];
        this.candidates = new int[steps.length + 1][];
        this.tried = new int[steps.length + 1];
        this.undo = new int[steps.length + 1][];
        link();
    }

    private int[][] classes() {
        Map<List<Object>, List<Integer>> classes = new HashMap<>();
        List<List<Integer>> inOrder = new ArrayList<>();
        for (int i = 0; i < steps.length; i++) {
            Step step = steps[i];
            if (!step.isObligatory()) {
                List<Object> effect = List.of(
                        step.key(),
                        step.demand(),
                        step.demanded(),
                        step.writtenState(),
                        step.op().asked().end());
                List<Integer> members = classes.computeIfAbsent(effect, none -> {
                    inOrder.add(new ArrayList<>());
                    return inOrder.get(inOrder.size() - 1);
                });
                members.add(i);
                classOf[i] = inOrder.indexOf(members);
            }
        }
        return inOrder.stream()
                .map(members -> members.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
    }

    private void link() {
        int last = head;
        for (int i = 0; i < steps.length; i++) {
            if (steps[i].isObligatory()) {
                next[last] = i;
                previous[i] = last;
                last = i;
                missing++;
            }
        }
        next[last] = head;
        previous[head] = last;
    }

    /** Searches. */
    End run() {
        open();
        while (missing > 0) {
            if (tried[depth] < candidates[depth].length) {
                stepsDone++;
                if (stepsDone > budget.stepsMax() || visited.isFull()) {
                    return End.EXHAUSTED;
                }
                take(candidates[depth][tried[depth]++]);
                open();
            } else if (depth == 0) {
                return End.NONE;
            } else {
                giveBack();
            }
        }
        return End.FOUND;
    }

    /** Returns the operations of the longest order that was found, in that order. */
    List<Op> deepest() {
        return deepest;
    }

    private void open() {
        tried[depth] = 0;
        candidates[depth] = possible();
        if (missing < fewestMissing) {
            fewestMissing = missing;
            List<Op> order = new ArrayList<>();
            // Only the end of it is shown.
            for (int i = Math.max(0, depth - Explanation.SHOWN_BEFORE); i < depth; i++) {
                order.add(steps[chosen[i]].op());
            }
            deepest = order;
        }
        if (candidates[depth].length > 1 && !visited.add(highBits, lowBits)) {
            candidates[depth] = NOTHING;
        }
    }

    private static final int[] NOTHING = {};

    private int[] possible() {
        long horizon = Op.NEVER;
        int count = 0;
        for (int i = next[head]; i != head && steps[i].op().callNanos() <= horizon; i = next[i]) {
            horizon = Math.min(horizon, steps[i].untilNanos());
            count++;
        }
        int[] legal = new int[count];
        int size = 0;
        for (int i = next[head]; i != head && steps[i].op().callNanos() <= horizon; i = next[i]) {
            if (steps[i].isLegal(keys, states)) {
                if (steps[i].onlyObserves()) {
                    return new int[] {i};
                }
                size = insert(legal, size, i);
            }
        }
        return optional.length == 0 && size == count ? legal : withOptional(Arrays.copyOf(legal, size), horizon);
    }

    /** Keeps the steps with the earliest end first; there are few. */
    private int insert(int[] byEnd, int size, int step) {
        int at = size;
        while (at > 0 && steps[byEnd[at - 1]].untilNanos() > steps[step].untilNanos()) {
            byEnd[at] = byEnd[at - 1];
            at--;
        }
        byEnd[at] = step;
        return size + 1;
    }

    private int[] withOptional(int[] obligatory, long horizon) {
        int[] all = Arrays.copyOf(obligatory, obligatory.length + optional.length);
        int size = obligatory.length;
        for (int i = 0; i < optional.length; i++) {
            if (taken[i] < optional[i].length) {
                int first = optional[i][taken[i]];
                Step step = steps[first];
                if (step.op().callNanos() <= horizon && step.isLegal(keys, states) && step.changes(keys)) {
                    all[size++] = first;
                }
            }
        }
        return Arrays.copyOf(all, size);
    }

    private void take(int number) {
        Step step = steps[number];
        chosen[depth] = number;
        if (step.deletes()) {
            int[] old = new int[step.cover().size()];
            for (int i = 0; i < old.length; i++) {
                old[i] = keys[step.cover().key(i)];
                set(step.cover().key(i), States.ABSENT);
            }
            undo[depth] = old;
        } else if (step.writtenState() != Step.KEEPS) {
            undo[depth] = new int[] {keys[step.key()]};
            set(step.key(), step.writtenState());
        }
        include(number, 1);
        if (step.isObligatory()) {
            next[previous[number]] = next[number];
            previous[next[number]] = previous[number];
            missing--;
        } else {
            taken[classOf[number]]++;
        }
        depth++;
    }

    private void giveBack() {
        depth--;
        int number = chosen[depth];
        Step step = steps[number];
        if (step.isObligatory()) {
            next[previous[number]] = number;
            previous[next[number]] = number;
            missing++;
        } else {
            taken[classOf[number]]--;
        }
        include(number, -1);
        if (step.deletes()) {
            for (int i = 0; i < step.cover().size(); i++) {
                set(step.cover().key(i), undo[depth][i]);
            }
        } else if (step.writtenState() != Step.KEEPS) {
            set(step.key(), undo[depth][0]);
        }
    }

    /** Adds to the fingerprint, or takes from it, that a step is in the order. */
    private void include(int number, int sign) {
        highBits += sign * Fingerprints.mix(2L * number);
        lowBits += sign * Fingerprints.mix(~(2L * number));
    }

    private void set(int key, int state) {
        long old = keys[key] * (long) keys.length + key;
        long now = state * (long) keys.length + key;
        highBits += Fingerprints.mix(2 * now + 1) - Fingerprints.mix(2 * old + 1);
        lowBits += Fingerprints.mix(~(2 * now + 1)) - Fingerprints.mix(~(2 * old + 1));
        keys[key] = state;
    }
}
