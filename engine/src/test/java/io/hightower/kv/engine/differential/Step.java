package io.hightower.kv.engine.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One step of a program. What it calls is known when its turn comes, for it depends on where the store stands then; so a
 * program from which steps were dropped still asks for revisions that matter. <b>Immutable.</b>
 *
 * @param seed of all that is random in it
 */
record Step(long seed) {
    /** Returns so many random steps. */
    static List<Step> list(RandomGenerator random, int count) {
        List<Step> steps = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            steps.add(new Step(random.nextLong()));
        }
        return steps;
    }

    Call call(Moment moment) {
        return new RandomCalls(new SplittableRandom(seed), moment).next();
    }
}
