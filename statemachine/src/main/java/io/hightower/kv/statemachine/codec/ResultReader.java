package io.hightower.kv.statemachine.codec;

import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads messages {@code hightower.Result}. Thread-safe: there is no state. */
final class ResultReader {
    /** Inside the result of a batch stand those of puts, deletes and range deletes. */
    private static final int FIELD_IN_BATCH_MAX = 3;

    private ResultReader() {}

    static Result readResult(MessageReader reader) throws IOException {
        return readResult(reader, Integer.MAX_VALUE, 0);
    }

    /** Reads a result; what may not be nested there is refused before it is descended into. */
    private static Result readResult(MessageReader reader, int fieldMax, int depth) throws IOException {
        Result result = null;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            if (result != null) {
                throw reader.malformed("two results in one");
            }
            if (field > fieldMax) {
                throw reader.malformed("field " + field + " inside the result of a batch");
            }
            result = readKind(reader, field, depth);
        }
        if (result == null) {
            throw reader.malformed("no result");
        }
        return result;
    }

    private static Result readKind(MessageReader reader, int field, int depth) throws IOException {
        return switch (field) {
            case 1 -> reader.message(ResultReader::readPut);
            case 2 -> reader.message(ResultReader::readDelete);
            case 3 -> reader.message(ResultReader::readDeleteRange);
            case 4 -> reader.message(ResultReader::readBatch);
            case 5 -> reader.message(ResultReader::readRelease);
            case 6 -> reader.message(ResultReader::readRange);
            case 7 -> reader.message(inner -> readTxn(inner, depth + 1));
            case 8 -> readNumbers(reader, 2, found -> new Result.CompactResult(found[0], found[1]));
            case 9 -> readNumbers(reader, 3, found -> new Result.LeaseResult(found[0], found[1], found[2]));
            case 10 -> reader.message(ResultReader::readRevoke);
            case 11 -> readNumbers(reader, 2, found -> new Result.TimeResult(found[0], found[1]));
            case 12 -> reader.message(ResultReader::readSystem);
            case 13 -> reader.message(ResultReader::readRefused);
            case 14 -> readNumbers(reader, 3, found -> new Result.SessionResult(found[0], found[1], found[2]));
            default -> throw reader.unknownField();
        };
    }

    private static Result readPut(MessageReader reader) throws IOException {
        long revision = 0;
        @Nullable ApplyOutcome outcome = null;
        long writeVersion = 0;
        Optional<KeyValue> previous = Optional.empty();
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> revision = reader.number();
                case 2 -> outcome = readOutcome(reader);
                case 3 -> writeVersion = reader.number();
                case 4 -> {
                    if (previous.isPresent()) {
                        throw reader.malformed("field 4 twice");
                    }
                    previous = Optional.of(reader.message(ResultReader::readKeyValue));
                }
                default -> throw reader.unknownField();
            }
        }
        return new Result.PutResult(revision, required(outcome, reader), writeVersion, previous);
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
        List<KeyValue> previous = new ArrayList<>();
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> revision = reader.number();
                case 2 -> deleted = reader.number();
                case 3 -> previous.add(reader.message(ResultReader::readKeyValue));
                default -> throw reader.unknownField();
            }
        }
        return new Result.DeleteRangeResult(revision, deleted, previous);
    }

    private static Result readBatch(MessageReader reader) throws IOException {
        long revision = 0;
        List<Result> results = new ArrayList<>();
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> revision = reader.number();
                case 2 -> results.add(reader.message(inner -> readResult(inner, FIELD_IN_BATCH_MAX, 0)));
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

    private static Result readRange(MessageReader reader) throws IOException {
        long revision = 0;
        List<KeyValue> found = new ArrayList<>();
        boolean more = false;
        long count = 0;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> revision = reader.number();
                case 2 -> found.add(reader.message(ResultReader::readKeyValue));
                case 3 -> more = reader.flag();
                case 4 -> count = reader.number();
                default -> throw reader.unknownField();
            }
        }
        return new Result.RangeResult(revision, found, more, count);
    }

    private static Result readTxn(MessageReader reader, int depth) throws IOException {
        if (depth > Command.Txn.DEPTH_MAX) {
            throw reader.malformed("the result of a transaction at depth " + depth);
        }
        long revision = 0;
        boolean succeeded = false;
        List<Result> results = new ArrayList<>();
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> revision = reader.number();
                case 2 -> succeeded = reader.flag();
                case 3 -> results.add(reader.message(inner -> readResult(inner, Integer.MAX_VALUE, depth)));
                default -> throw reader.unknownField();
            }
        }
        return new Result.TxnResult(revision, succeeded, results);
    }

    private static Result readRevoke(MessageReader reader) throws IOException {
        long revision = 0;
        boolean revoked = false;
        long deleted = 0;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> revision = reader.number();
                case 2 -> revoked = reader.flag();
                case 3 -> deleted = reader.number();
                default -> throw reader.unknownField();
            }
        }
        return new Result.RevokeResult(revision, revoked, deleted);
    }

    private static Result readSystem(MessageReader reader) throws IOException {
        long revision = 0;
        boolean written = false;
        long systemRevision = 0;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> revision = reader.number();
                case 2 -> written = reader.flag();
                case 3 -> systemRevision = reader.number();
                default -> throw reader.unknownField();
            }
        }
        return new Result.SystemResult(revision, written, systemRevision);
    }

    private static Result readRefused(MessageReader reader) throws IOException {
        long revision = 0;
        @Nullable Refusal refusal = null;
        long compactRevision = 0;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> revision = reader.number();
                case 2 -> refusal = readRefusal(reader);
                case 3 -> compactRevision = reader.number();
                default -> throw reader.unknownField();
            }
        }
        if (refusal == null) {
            throw reader.malformed("no refusal");
        }
        return new Result.Refused(revision, refusal, compactRevision);
    }

    private static KeyValue readKeyValue(MessageReader reader) throws IOException {
        Bytes key = Bytes.EMPTY;
        Bytes value = Bytes.EMPTY;
        long[] numbers = new long[4];
        long lease = KeyRecord.NO_LEASE;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> key = reader.bytes();
                case 2 -> value = reader.bytes();
                case 3, 4, 5, 6 -> numbers[field - 3] = reader.number();
                case 7 -> lease = reader.number();
                default -> throw reader.unknownField();
            }
        }
        return new KeyValue(key, value, numbers[0], numbers[1], numbers[2], numbers[3], lease);
    }

    /** Reads a message whose fields are numbers, from 1 to {@code count}. */
    private static Result readNumbers(MessageReader reader, int count, Function<long[], Result> result)
            throws IOException {
        return reader.message(inner -> {
            long[] numbers = new long[count];
            for (int field = inner.nextField(); field != 0; field = inner.nextField()) {
                if (field > count) {
                    throw inner.unknownField();
                }
                numbers[field - 1] = inner.number();
            }
            return result.apply(numbers);
        });
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

    private static Refusal readRefusal(MessageReader reader) throws IOException {
        int number = reader.smallNumber();
        return switch (number) {
            case 1 -> Refusal.KEY_MISSING;
            case 2 -> Refusal.KEY_NOT_FOUND;
            case 3 -> Refusal.VALUE_PROVIDED;
            case 4 -> Refusal.LEASE_PROVIDED;
            case 5 -> Refusal.TOO_MANY_OPERATIONS;
            case 6 -> Refusal.DUPLICATE_KEY;
            case 7 -> Refusal.INVALID_SORT;
            case 8 -> Refusal.COMPACTED;
            case 9 -> Refusal.FUTURE_REVISION;
            case 10 -> Refusal.LEASE_NOT_FOUND;
            case 11 -> Refusal.LEASE_EXISTS;
            case 12 -> Refusal.LEASE_TTL_TOO_LARGE;
            case 13 -> Refusal.SESSION_EXISTS;
            case 14 -> Refusal.SESSION_EXPIRED;
            case 15 -> Refusal.TOO_MANY_SESSIONS;
            case 16 -> Refusal.SESSION_SEQUENCE_PASSED;
            case 17 -> Refusal.SESSION_SEQUENCE_AHEAD;
            case 18 -> Refusal.SESSION_ANSWER_NOT_KEPT;
            default -> throw reader.malformed("refusal " + number);
        };
    }

    private static ApplyOutcome required(@Nullable ApplyOutcome outcome, MessageReader reader) {
        if (outcome == null) {
            throw reader.malformed("no outcome");
        }
        return outcome;
    }
}
