package io.hightower.kv.cluster.check.random;

import io.hightower.kv.cluster.check.history.Answer;
import io.hightower.kv.cluster.check.history.Answer.Shown;
import io.hightower.kv.cluster.check.history.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Makes histories wrong. */
public final class Spoiled {
    private Spoiled() {}

    /** Returns a history in which one answer or one time is another one; it may be right by chance. */
    public static List<Op> anyhow(List<Op> history, RandomGenerator random) {
        List<Op> spoiled = new ArrayList<>(history);
        int at = random.nextInt(history.size());
        Op op = history.get(at);
        if (!op.isOk() || random.nextInt(3) == 0) {
            long moved = random.nextInt(200);
            spoiled.set(
                    at,
                    new Op(
                            op.client(),
                            op.callNanos() + moved,
                            op.returnNanos() + moved,
                            op.asked(),
                            op.status(),
                            op.told()));
        } else {
            spoiled.set(at, op.ended(op.status(), other(op.told(), random)));
        }
        return spoiled;
    }

    private static Answer other(Answer told, RandomGenerator random) {
        List<Shown> kvs = new ArrayList<>(told.kvs());
        if (!kvs.isEmpty() && random.nextBoolean()) {
            kvs.remove(random.nextInt(kvs.size()));
        } else if (!kvs.isEmpty()) {
            int at = random.nextInt(kvs.size());
            kvs.set(at, new Shown(kvs.get(at).key(), "v" + random.nextInt(4), 0, 0));
        }
        boolean found = random.nextBoolean();
        return new Answer(
                told.revision(),
                0,
                0,
                found,
                found ? "v" + random.nextInt(4) : "",
                random.nextInt(4) == 0 ? !told.succeeded() : told.succeeded(),
                random.nextInt(4) == 0 ? random.nextInt(3) : told.deleted(),
                kvs);
    }

    /**
     * Returns a history in which one {@code get} shows the value before the one that it should show, although the newer write
     * had returned when it was called; nothing if there is no such {@code get}.
     *
     * @param toldRevision whether the stale member tells its own, older, revision
     */
    public static Optional<List<Op>> withStaleRead(List<Op> history, RandomGenerator random, boolean toldRevision) {
        int start = random.nextInt(history.size());
        for (int i = 0; i < history.size(); i++) {
            int at = (start + i) % history.size();
            Optional<Op> stale = stale(history, history.get(at), toldRevision);
            if (stale.isPresent()) {
                List<Op> spoiled = new ArrayList<>(history);
                spoiled.set(at, stale.get());
                return Optional.of(spoiled);
            }
        }
        return Optional.empty();
    }

    private static Optional<Op> stale(List<Op> history, Op read, boolean toldRevision) {
        if (!read.isOk() || !read.told().found()) {
            return Optional.empty();
        }
        Optional<Op> newer = history.stream()
                .filter(op -> op.hasWritten()
                        && op.asked().writesValue()
                        && op.asked().key().equals(read.asked().key())
                        && op.told().revision() == read.told().modRevision()
                        && op.precedes(read))
                .findFirst();
        if (newer.isEmpty() || read.told().version() < 2) {
            return Optional.empty();
        }
        Op newest = newer.get();
        return history.stream()
                .filter(op -> op.hasWritten()
                        && op.asked().writesValue()
                        && op.asked().key().equals(read.asked().key())
                        && op.told().revision() < newest.told().revision())
                .max(java.util.Comparator.comparingLong(op -> op.told().revision()))
                .map(older -> read.ended(
                        read.status(),
                        Answer.found(
                                toldRevision
                                        ? newest.told().revision() - 1
                                        : read.told().revision(),
                                new Shown(
                                        read.asked().key(),
                                        older.asked().value(),
                                        older.told().revision(),
                                        read.told().version() - 1))));
    }
}
