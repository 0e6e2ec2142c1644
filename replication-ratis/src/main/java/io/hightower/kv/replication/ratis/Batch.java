package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.codec.EntryCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/**
 * Submissions on their way as one log entry: the commands, their encoding, and how far they got. On the leader the same
 * object goes through Ratis and comes back when the entry is applied.
 *
 * <p>Thread-safe.
 */
final class Batch implements Message {
    private final long callId;
    private final List<Submission> submissions;
    private final Entry entry;
    private final Bytes encoded;
    private final ByteString content;

    /** Set when the leader appends the entry to its log: from here on it may happen. */
    private volatile @Nullable TransactionContext appended;

    /** Set on the updater thread before the entry's index counts as applied. */
    private volatile boolean applied;

    private final long dispatchedNanos = System.nanoTime();

    private Batch(long callId, List<Submission> submissions, Entry entry) {
        this.callId = callId;
        this.submissions = submissions;
        this.entry = entry;
        this.encoded = EntryCodec.encode(entry);
        this.content = UnsafeByteOperations.unsafeWrap(encoded.asByteBuffer());
    }

    /**
     * Returns how many of the oldest submissions go into one entry.
     *
     * @param commandsMax at most so many commands, but always one submission
     * @param bytesMax at most so many bytes, but always one submission
     */
    static int fitting(Iterable<Submission> oldestFirst, int commandsMax, long bytesMax) {
        int fitting = 0;
        long commands = 0;
        long bytes = 0;
        for (Submission next : oldestFirst) {
            commands += next.commands().size();
            bytes += next.bytes();
            if (fitting > 0 && (commands > commandsMax || bytes > bytesMax)) {
                break;
            }
            fitting++;
        }
        return fitting;
    }

    /** Dispatches those of the submissions that still wait; nothing if none does. */
    static Optional<Batch> dispatch(long callId, List<Submission> waiting, long logicalTimeMillis) {
        List<Submission> dispatched = new ArrayList<>(waiting.size());
        List<Command> commands = new ArrayList<>();
        for (Submission submission : waiting) {
            if (submission.dispatch()) {
                dispatched.add(submission);
                commands.addAll(submission.commands());
            }
        }
        if (dispatched.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Batch(callId, dispatched, new Entry(logicalTimeMillis, commands)));
    }

    /** Returns when the batch was made, as {@link System#nanoTime} had it. */
    long dispatchedNanos() {
        return dispatchedNanos;
    }

    /** Returns for how long the batch has been on its way, in nanoseconds. */
    long ageNanos() {
        return System.nanoTime() - dispatchedNanos;
    }

    /** Returns how much time that one of the submissions has that has most, in nanoseconds; not positive if all are late. */
    long nanosLeft(long nowNanos) {
        return submissions.stream()
                .mapToLong(submission -> submission.deadlineNanos() - nowNanos)
                .max()
                .orElse(0);
    }

    long callId() {
        return callId;
    }

    List<Submission> submissions() {
        return submissions;
    }

    Entry entry() {
        return entry;
    }

    Bytes encoded() {
        return encoded;
    }

    @Override
    public ByteString getContent() {
        return content;
    }

    void markAppended(TransactionContext context) {
        appended = context;
    }

    boolean isAppended() {
        return appended != null;
    }

    /** Returns where the leader put the entry; nothing if it did not get that far. */
    Optional<LogPosition> position() {
        TransactionContext context = appended;
        LogEntryProto proto = context == null ? null : context.getLogEntry();
        return proto == null ? Optional.empty() : Optional.of(new LogPosition(proto.getTerm(), proto.getIndex()));
    }

    void markApplied() {
        applied = true;
    }

    boolean isApplied() {
        return applied;
    }

    /** Lets the submissions wait again: it is certain that nobody took the batch. */
    void undispatch() {
        submissions.forEach(Submission::undispatch);
    }

    /** Hands out the results. Runs on a callback thread. */
    void succeed(long index, List<Result> results) {
        int from = 0;
        for (Submission submission : submissions) {
            int until = from + submission.commands().size();
            if (submission.settleDispatched()) {
                submission.receiver().succeeded(index, results.subList(from, until));
            }
            from = until;
        }
    }

    /** Fails every submission that is not settled. Runs on a callback thread. */
    void fail(Supplier<RuntimeException> why) {
        for (Submission submission : submissions) {
            if (submission.settleDispatched()) {
                submission.receiver().failed(why.get());
            }
        }
    }

    @Override
    public String toString() {
        return "Batch(callId=" + callId + ", commands=" + entry.commands().size() + ", bytes=" + encoded.length() + ")";
    }
}
