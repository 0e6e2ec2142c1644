package io.hightower.kv.replication.ratis;

import io.hightower.kv.statemachine.CorruptionException;
import java.nio.ByteBuffer;

/**
 * The messages of the {@code ReadIndex} call. Numbers are big-endian.
 *
 * <pre>
 * question   number u64, another one for each question of a stream
 * answer     number u64 of the question, commit index i64, -1 if the member asked does not lead
 * </pre>
 */
final class ReadFrame {
    private ReadFrame() {}

    /** What a member says to the question with that number. */
    record Answer(long number, long index) {}

    static byte[] question(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    static long readQuestion(byte[] frame) {
        return sized("question whether this member leads", frame, Long.BYTES).getLong();
    }

    static byte[] answer(Answer answer) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(answer.number())
                .putLong(answer.index())
                .array();
    }

    static Answer readAnswer(byte[] frame) {
        ByteBuffer from = sized("answer whether a member leads", frame, 2 * Long.BYTES);
        return new Answer(from.getLong(), from.getLong());
    }

    private static ByteBuffer sized(String what, byte[] frame, int bytes) {
        if (frame.length != bytes) {
            throw new CorruptionException(what, 0, bytes + " bytes", frame.length + " bytes");
        }
        return ByteBuffer.wrap(frame);
    }
}
