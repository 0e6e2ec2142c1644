package io.hightower.kv.statemachine.codec;

import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Result;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of results on their way from the leader to the member that asked: one byte format version, then the protobuf
 * message {@code hightower.Results}.
 */
public final class ResultCodec {
    /** The format version written and the only one read. */
    public static final byte FORMAT_VERSION = 0;

    private static final String WHAT = "results";

    private ResultCodec() {}

    /** Encodes results in order. */
    public static Bytes encode(List<Result> results) {
        return Bytes.wrap(MessageWriter.encodeVersioned(FORMAT_VERSION, writer -> {
            for (Result result : results) {
                writer.message(1, result.match(RESULT_BODY));
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
                results.add(reader.message(inner -> readResult(inner, true)));
            }
            return results;
        });
    }

    private static final Result.Cases<MessageWriter.Body> RESULT_BODY = new Result.Cases<>() {
        @Override
        public MessageWriter.Body put(Result.PutResult result) {
            return writer -> writer.message(1, fields -> {
                fields.number(1, result.revision());
                fields.number(2, number(result.outcome()));
                fields.number(3, result.writeVersion());
            });
        }

        @Override
        public MessageWriter.Body delete(Result.DeleteResult result) {
            return writer -> writer.message(2, fields -> {
                fields.number(1, result.revision());
                fields.number(2, number(result.outcome()));
                fields.flag(3, result.existed());
            });
        }

        @Override
        public MessageWriter.Body deleteRange(Result.DeleteRangeResult result) {
            return writer -> writer.message(3, fields -> {
                fields.number(1, result.revision());
                fields.number(2, result.deleted());
            });
        }

        @Override
        public MessageWriter.Body batch(Result.BatchResult result) {
            return writer -> writer.message(4, fields -> {
                fields.number(1, result.revision());
                for (Result inner : result.results()) {
                    fields.message(2, inner.match(this));
                }
            });
        }

        @Override
        public MessageWriter.Body release(Result.ReleaseResult result) {
            return writer -> writer.message(5, fields -> {
                fields.number(1, result.revision());
                fields.number(2, result.released());
                fields.flag(3, result.more());
            });
        }
    };

    private static int number(ApplyOutcome outcome) {
        return switch (outcome) {
            case APPLIED -> 1;
            case REMOVED -> 2;
            case IGNORED_STALE -> 3;
        };
    }

    private static ApplyOutcome readOutcome(MessageReader reader) throws IOException {
        int number = reader.smallNumber();
        return switch (number) {
            case 1 -> ApplyOutcome.APPLIED;
            case 2 -> ApplyOutcome.REMOVED;
            case 3 -> ApplyOutcome.IGNORED_STALE;
            default -> throw reader.malformed("outcome " + number);
        };
    }

    private static ApplyOutcome required(@Nullable ApplyOutcome outcome, MessageReader reader) {
        if (outcome == null) {
            throw reader.malformed("no outcome");
        }
        return outcome;
    }

    private static Result readResult(MessageReader reader, boolean outermost) throws IOException {
        Result result = null;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            if (result != null) {
                throw reader.malformed("two results in one");
            }
            if (!outermost && field > 3) {
                throw reader.malformed("field " + field + " inside the result of a batch");
            }
            result = switch (field) {
                case 1 -> reader.message(ResultCodec::readPut);
                case 2 -> reader.message(ResultCodec::readDelete);
                case 3 -> reader.message(ResultCodec::readDeleteRange);
                case 4 -> reader.message(ResultCodec::readBatch);
                case 5 -> reader.message(ResultCodec::readRelease);
                default -> throw reader.unknownField();
            };
        }
        if (result == null) {
            throw reader.malformed("no result");
        }
        return result;
    }

    private static Result readPut(MessageReader reader) throws IOException {
        long revision = 0;
        @Nullable ApplyOutcome outcome = null;
        long writeVersion = 0;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> revision = reader.number();
                case 2 -> outcome = readOutcome(reader);
                case 3 -> writeVersion = reader.number();
                default -> throw reader.unknownField();
            }
        }
        return new Result.PutResult(revision, required(outcome, reader), writeVersion);
    }

    private static Result readDelete(MessageReader reader) throws IOException {
        long revision = 0;
        @Nullable ApplyOutcome outcome = null;
        boolean existed = false;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> revision = reader.number();
                case 2 -> outcome = readOutcome(reader);
                case 3 -> existed = reader.flag();
                default -> throw reader.unknownField();
            }
        }
        return new Result.DeleteResult(revision, required(outcome, reader), existed);
    }

    private static Result readDeleteRange(MessageReader reader) throws IOException {
        long revision = 0;
        long deleted = 0;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> revision = reader.number();
                case 2 -> deleted = reader.number();
                default -> throw reader.unknownField();
            }
        }
        return new Result.DeleteRangeResult(revision, deleted);
    }

    private static Result readBatch(MessageReader reader) throws IOException {
        long revision = 0;
        List<Result> results = new ArrayList<>();
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> revision = reader.number();
                case 2 -> results.add(reader.message(inner -> readResult(inner, false)));
                default -> throw reader.unknownField();
            }
        }
        return new Result.BatchResult(revision, results);
    }

    private static Result readRelease(MessageReader reader) throws IOException {
        long revision = 0;
        int released = 0;
        boolean more = false;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> revision = reader.number();
                case 2 -> released = reader.smallNumber();
                case 3 -> more = reader.flag();
                default -> throw reader.unknownField();
            }
        }
        return new Result.ReleaseResult(revision, released, more);
    }
}
