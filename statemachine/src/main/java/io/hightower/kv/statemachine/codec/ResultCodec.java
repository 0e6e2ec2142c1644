package io.hightower.kv.statemachine.codec;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Result;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of results on their way from the leader to the member that asked: one byte format version, then the protobuf
 * message {@code hightower.Results}.
 */
public final class ResultCodec {
    /** The format version written and the only one read. */
    public static final byte FORMAT_VERSION = 1;

    private static final String WHAT = "results";

    private ResultCodec() {}

    /** Encodes results in order. */
    public static Bytes encode(List<Result> results) {
        return Bytes.wrap(MessageWriter.encodeVersioned(FORMAT_VERSION, writer -> {
            for (Result result : results) {
                writer.message(1, result.match(ResultWriter.RESULT_BODY));
            }
        }));
    }

    /**
     * Decodes results.
     *
     * @throws io.hightower.kv.statemachine.CorruptionException if the bytes are malformed
     * @throws io.hightower.kv.statemachine.FormatException if they are of another version
     */
    public static List<Result> decode(Bytes encoded) {
        return MessageReader.decodeVersioned(WHAT, FORMAT_VERSION, encoded.toByteArray(), reader -> {
            List<Result> results = new ArrayList<>();
            for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
                if (field != 1) {
                    throw reader.unknownField();
                }
                results.add(reader.message(ResultReader::readResult));
            }
            return results;
        });
    }
}
