package io.hightower.kv.cluster.check.random;

import io.hightower.kv.cluster.check.history.Answer;
import io.hightower.kv.cluster.check.history.Invocation;
import io.hightower.kv.cluster.check.history.Op;
import io.hightower.kv.cluster.check.history.Status;
import io.hightower.kv.cluster.check.model.StoreModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A history of a store without faults: every operation takes effect at one moment between its call and its return, or, if its
 * outcome is unknown, at any time or never.
 */
public final class RandomHistory {
    private final RandomGenerator random;
    private final Shape shape;
    private final StoreModel store = new StoreModel();
    private int valuesMade;

    /**
     * What a history looks like.
     *
     * @param clients how many are at work
     * @param operations of all of them
     * @param keys how many there are
     * @param values how many different ones are written; 0 if each is written once
     * @param unknown how many of a hundred operations have an unknown outcome; so many fail, too
     * @param pauseMax how long a client does nothing after an operation at most, exclusive; operations take 100 on average
     * @param mix what they do
     */
    public record Shape(int clients, int operations, int keys, int values, int unknown, int pauseMax, Mix mix) {}

    /** What clients do. */
    public enum Mix {
        /** They put and get. */
        REGISTER,
        /** They do everything. */
        EVERYTHING
    }

    /**
     * An operation before it has an answer.
     *
     * @param client who
     * @param call when
     * @param effect when it takes effect
     * @param ret when it returns
     * @param status how it ends
     * @param takesEffect whether it does
     */
    private record Plan(int client, long call, long effect, long ret, Status status, boolean takesEffect) {}

    private RandomHistory(RandomGenerator random, Shape shape) {
        this.random = random;
        this.shape = shape;
    }

    /** Returns a history of this shape, in the order of calls. */
    public static List<Op> of(RandomGenerator random, Shape shape) {
        return new RandomHistory(random, shape).history();
    }

    private List<Op> history() {
        List<Plan> plans = plans();
        plans.sort(Comparator.comparingLong(Plan::effect));
        List<Op> ops = new ArrayList<>();
        for (Plan plan : plans) {
            Invocation asked = invocation();
            Answer answer = plan.takesEffect() ? store.perform(asked) : Answer.NONE;
            Answer told = plan.status() == Status.OK ? answer : Answer.NONE;
            ops.add(new Op(plan.client(), plan.call(), plan.ret(), asked, plan.status(), told));
        }
        ops.sort(Comparator.comparingLong(Op::callNanos));
        return ops;
    }

    private List<Plan> plans() {
        List<Plan> plans = new ArrayList<>();
        long[] free = new long[shape.clients()];
        int[] names = new int[shape.clients()];
        int namesUsed = 0;
        for (int i = 0; i < shape.clients(); i++) {
            names[i] = namesUsed++;
        }
        for (int i = 0; i < shape.operations(); i++) {
            int client = random.nextInt(shape.clients());
            long call = free[client] + 1 + random.nextInt(shape.pauseMax());
            long effect = call + random.nextInt(100);
            long ret = effect + random.nextInt(100);
            free[client] = ret;
            int chance = random.nextInt(100);
            if (chance < shape.unknown()) {
                long late = random.nextBoolean() ? effect : ret + random.nextInt(400);
                plans.add(new Plan(names[client], call, late, ret, Status.INFO, random.nextBoolean()));
                names[client] = namesUsed++;
            } else if (chance < 2 * shape.unknown()) {
                plans.add(new Plan(names[client], call, effect, ret, Status.FAIL, false));
            } else {
                plans.add(new Plan(names[client], call, effect, ret, Status.OK, true));
            }
        }
        return plans;
    }

    private Invocation invocation() {
        int chance = random.nextInt(shape.mix() == Mix.REGISTER ? 60 : 100);
        String key = key();
        if (chance < 30) {
            return Invocation.put(key, value());
        }
        if (chance < 60) {
            return Invocation.get(key);
        }
        if (chance < 70) {
            return random.nextInt(4) == 0 ? Invocation.deleteRange(key, "z") : Invocation.delete(key);
        }
        if (chance < 85) {
            return Invocation.cas(key, expected(key), value());
        }
        return chance < 93
                ? Invocation.range(key, random.nextBoolean() ? "z" : "")
                : Invocation.txn(key, expected(key), value(), random.nextBoolean() ? "z" : "");
    }

    private String key() {
        return "k" + random.nextInt(shape.keys());
    }

    private String value() {
        return "v" + (shape.values() == 0 ? valuesMade++ : random.nextInt(shape.values()));
    }

    private long expected(String key) {
        return random.nextInt(3) == 0
                ? random.nextInt(4)
                : store.perform(Invocation.get(key)).modRevision();
    }
}
