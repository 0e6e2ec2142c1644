package io.hightower.kv.statemachine.codec;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.SessionRecord;

/**
 * The bytes of a session in the system key space: one byte format version, then the protobuf message {@code
 * hightower.Session}. The id is in the key. The answer, a message {@code hightower.Result}, stays encoded until it is wanted.
 */
public final class SessionCodec {
    /** The format version written and the only one read. */
    public static final byte FORMAT_VERSION = 1;

    private static final String WHAT = "session";

    /** The version, then two tags and two numbers of ten bytes at most. */
    private static final int TIMES_BYTES_MAX = 1 + 2 * (1 + 10);

    private SessionCodec() {}

    /** Encodes what a session holds besides its id. */
    public static Bytes encode(SessionRecord session) {
        return Bytes.wrap(MessageWriter.encodeVersioned(FORMAT_VERSION, writer -> {
            writer.number(1, session.ttlMillis());
            writer.number(2, session.usedMillis());
            writer.number(3, session.sequence());
            writer.bytes(4, session.answer());
        }));
    }

    /**
     * Decodes a session.
     *
     * @throws io.hightower.kv.statemachine.CorruptionException if the bytes are malformed
     * @throws io.hightower.kv.statemachine.FormatException if they are of another version
     */
    public static SessionRecord decode(long id, Bytes encoded) {
        return MessageReader.decodeVersioned(WHAT, FORMAT_VERSION, encoded.toByteArray(), reader -> {
            long ttlMillis = 0;
            long usedMillis = 0;
            long sequence = 0;
            Bytes answer = Bytes.EMPTY;
            for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
                switch (field) {
                    case 1 -> ttlMillis = reader.number();
                    case 2 -> usedMillis = reader.number();
                    case 3 -> sequence = reader.number();
                    case 4 -> answer = reader.bytes();
                    default -> throw reader.unknownField();
                }
            }
            return new SessionRecord(id, ttlMillis, usedMillis, sequence, answer);
        });
    }

    /**
     * Tells whether a session ended before a logical time, as {@link SessionRecord#isExpired} does, and looks at nothing else
     * of it: who looks through all sessions does not copy their answers.
     */
    public static boolean isExpired(Bytes encoded, long nowMillis) {
        byte[] head = new byte[Math.min(encoded.length(), TIMES_BYTES_MAX)];
        encoded.asByteBuffer().get(head);
        return MessageReader.decodeVersioned(WHAT, FORMAT_VERSION, head, reader -> {
            long ttlMillis = reader.nextField() == 1 ? reader.number() : 0;
            long usedMillis = reader.nextField() == 2 ? reader.number() : 0;
            return SessionRecord.beginning(1, ttlMillis, usedMillis).isExpired(nowMillis);
        });
    }

    /** Encodes a result that is to be kept; nothing if it has more than {@link SessionRecord#ANSWER_BYTES_MAX} bytes. */
    public static Bytes encodeAnswer(Result result) {
        MessageWriter.Body body = result.match(ResultWriter.RESULT_BODY);
        return MessageWriter.measure(body) > SessionRecord.ANSWER_BYTES_MAX
                ? Bytes.EMPTY
                : Bytes.wrap(MessageWriter.encode(body));
    }

    /**
     * Decodes a result that was kept.
     *
     * @throws io.hightower.kv.statemachine.CorruptionException if the bytes are malformed
     */
    public static Result decodeAnswer(Bytes encoded) {
        return MessageReader.decode(WHAT, encoded.toByteArray(), 0, ResultReader::readResult);
    }
}
