package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.OutcomeUnknownException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * The messages of the {@code Forward} call. Numbers are big-endian.
 *
 * <pre>
 * request   call id u64, milliseconds left u32, entry as by EntryCodec
 * answer    call id u64, kind u8, then
 *             1 opened     nothing; the first answer, so that the asking member knows that it is heard
 *             2 applied    log index u64, results as by ResultCodec
 *             3 failed     failure u8, message in UTF-8
 *             4 refused    nothing; the member asked does not lead, and takes nothing more from this stream
 * </pre>
 *
 * <p>A failure keeps its type on the way: the asking member throws what the leader would have thrown.
 */
final class ForwardFrame {
    private static final byte OPENED = 1;
    private static final byte APPLIED = 2;
    private static final byte FAILED = 3;
    private static final byte REFUSED = 4;

    private static final byte OUTCOME_UNKNOWN = 1;
    private static final byte CALLERS_MISTAKE = 2;

    /** Added to {@link #number(Reason)} for commands that were not replicated. */
    private static final byte NOT_REPLICATED = 16;

    private static final String REQUEST = "forwarded commands";
    private static final String ANSWER = "answer to forwarded commands";

    private ForwardFrame() {}

    /** What a member asks of the leader, and how much time is left to that one of the commands that has most. */
    record Request(long callId, int millisLeft, Bytes entry) {}

    /** Receives an answer according to its kind. */
    interface AnswerCases {
        void opened();

        void applied(long callId, long index, Bytes results);

        void failed(long callId, RuntimeException why);

        void refused(long callId);
    }

    static byte[] request(Request request) {
        ByteBuffer frame = ByteBuffer.allocate(12 + request.entry().length());
        frame.putLong(request.callId()).putInt(request.millisLeft());
        request.entry().copyTo(frame.array(), frame.position());
        return frame.array();
    }

    static Request readRequest(byte[] frame) {
        return read(REQUEST, frame, from -> new Request(from.getLong(), from.getInt(), rest(from)));
    }

    static byte[] opened() {
        return ByteBuffer.allocate(9).putLong(0).put(OPENED).array();
    }

    static byte[] applied(long callId, long index, Bytes results) {
        ByteBuffer frame = ByteBuffer.allocate(17 + results.length());
        frame.putLong(callId).put(APPLIED).putLong(index);
        results.copyTo(frame.array(), frame.position());
        return frame.array();
    }

    static byte[] failed(long callId, RuntimeException why) {
        byte[] message = String.valueOf(why.getMessage()).getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ByteBuffer.allocate(10 + message.length);
        return frame.putLong(callId).put(FAILED).put(failure(why)).put(message).array();
    }

    static byte[] refused(long callId) {
        return ByteBuffer.allocate(9).putLong(callId).put(REFUSED).array();
    }

    private static byte failure(RuntimeException why) {
        if (why instanceof NotReplicatedException refused) {
            return (byte) (NOT_REPLICATED + number(refused.reason()));
        }
        return why instanceof IllegalArgumentException ? CALLERS_MISTAKE : OUTCOME_UNKNOWN;
    }

    static void readAnswer(byte[] frame, AnswerCases cases) {
        // Read whole before anything is done with it, so that a malformed answer has no effect.
        Runnable effect = read(ANSWER, frame, from -> {
            long callId = from.getLong();
            byte kind = from.get();
            return switch (kind) {
                case OPENED -> cases::opened;
                case APPLIED -> {
                    long index = from.getLong();
                    Bytes results = rest(from);
                    yield () -> cases.applied(callId, index, results);
                }
                case FAILED -> {
                    RuntimeException why = readFailure(from.get(), rest(from).toUtf8());
                    yield () -> cases.failed(callId, why);
                }
                case REFUSED -> () -> cases.refused(callId);
                default -> throw malformed(ANSWER, "kind " + kind);
            };
        });
        effect.run();
    }

    private static RuntimeException readFailure(byte failure, String message) {
        if (failure == OUTCOME_UNKNOWN) {
            return new OutcomeUnknownException(message);
        }
        if (failure == CALLERS_MISTAKE) {
            return new IllegalArgumentException(message);
        }
        for (Reason reason : Reason.values()) {
            if (failure == NOT_REPLICATED + number(reason)) {
                return new NotReplicatedException(reason, message);
            }
        }
        throw malformed(ANSWER, "failure " + failure);
    }

    private static int number(Reason reason) {
        return switch (reason) {
            case OVERLOADED -> 1;
            case NO_LEADER -> 2;
            case STOPPED -> 3;
            case STORE_FAILED -> 4;
            case DISK_FULL -> 5;
        };
    }

    private static <T> T read(String what, byte[] frame, Function<ByteBuffer, T> reader) {
        try {
            return reader.apply(ByteBuffer.wrap(frame));
        } catch (BufferUnderflowException e) {
            throw malformed(what, frame.length + " bytes");
        }
    }

    private static Bytes rest(ByteBuffer from) {
        return Bytes.copyOf(from);
    }

    private static CorruptionException malformed(String what, String found) {
        return new CorruptionException(what, 0, "a message between members", found);
    }
}
