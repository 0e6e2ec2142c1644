package io.hightower.kv.statemachine.codec;

import io.hightower.kv.statemachine.ApplyOutcome;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import java.io.IOException;

/** Describes results as messages {@code hightower.Result}. Thread-safe: there is no state. */
final class ResultWriter implements Result.Cases<MessageWriter.Body> {
    static final ResultWriter RESULT_BODY = new ResultWriter();

    private ResultWriter() {}

    @Override
    public MessageWriter.Body put(Result.PutResult result) {
        return writer -> writer.message(1, fields -> {
            fields.number(1, result.revision());
            fields.number(2, number(result.outcome()));
            fields.number(3, result.writeVersion());
            if (result.previous().isPresent()) {
                fields.message(4, previous -> write(previous, result.previous().get()));
            }
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
            for (KeyValue previous : result.previous()) {
                fields.message(3, shown -> write(shown, previous));
            }
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

    @Override
    public MessageWriter.Body range(Result.RangeResult result) {
        return writer -> writer.message(6, fields -> {
            fields.number(1, result.revision());
            for (KeyValue found : result.keyValues()) {
                fields.message(2, shown -> write(shown, found));
            }
            fields.flag(3, result.more());
            fields.number(4, result.count());
        });
    }

    @Override
    public MessageWriter.Body txn(Result.TxnResult result) {
        return writer -> writer.message(7, fields -> {
            fields.number(1, result.revision());
            fields.flag(2, result.succeeded());
            for (Result inner : result.results()) {
                fields.message(3, inner.match(this));
            }
        });
    }

    @Override
    public MessageWriter.Body compact(Result.CompactResult result) {
        return writer -> writer.message(8, fields -> {
            fields.number(1, result.revision());
            fields.number(2, result.compactRevision());
        });
    }

    @Override
    public MessageWriter.Body lease(Result.LeaseResult result) {
        return writer -> writer.message(9, fields -> {
            fields.number(1, result.revision());
            fields.number(2, result.id());
            fields.number(3, result.ttlSeconds());
        });
    }

    @Override
    public MessageWriter.Body revoke(Result.RevokeResult result) {
        return writer -> writer.message(10, fields -> {
            fields.number(1, result.revision());
            fields.flag(2, result.revoked());
            fields.number(3, result.deleted());
        });
    }

    @Override
    public MessageWriter.Body time(Result.TimeResult result) {
        return writer -> writer.message(11, fields -> {
            fields.number(1, result.revision());
            fields.number(2, result.logicalTimeMillis());
        });
    }

    @Override
    public MessageWriter.Body system(Result.SystemResult result) {
        return writer -> writer.message(12, fields -> {
            fields.number(1, result.revision());
            fields.flag(2, result.written());
            fields.number(3, result.systemRevision());
        });
    }

    @Override
    public MessageWriter.Body refused(Result.Refused result) {
        return writer -> writer.message(13, fields -> {
            fields.number(1, result.revision());
            fields.number(2, number(result.refusal()));
            fields.number(3, result.compactRevision());
        });
    }

    @Override
    public MessageWriter.Body session(Result.SessionResult result) {
        return writer -> writer.message(14, fields -> {
            fields.number(1, result.revision());
            fields.number(2, result.id());
            fields.number(3, result.ttlMillis());
        });
    }

    private static void write(MessageWriter fields, KeyValue shown) throws IOException {
        fields.bytes(1, shown.key());
        fields.bytes(2, shown.value());
        fields.number(3, shown.createRevision());
        fields.number(4, shown.modRevision());
        fields.number(5, shown.version());
        fields.number(6, shown.writeVersion());
        fields.number(7, shown.lease());
    }

    private static int number(ApplyOutcome outcome) {
        return switch (outcome) {
            case APPLIED -> 1;
            case REMOVED -> 2;
            case IGNORED_STALE -> 3;
        };
    }

    private static int number(Refusal refusal) {
        return switch (refusal) {
            case KEY_MISSING -> 1;
            case KEY_NOT_FOUND -> 2;
            case VALUE_PROVIDED -> 3;
            case LEASE_PROVIDED -> 4;
            case TOO_MANY_OPERATIONS -> 5;
            case DUPLICATE_KEY -> 6;
            case INVALID_SORT -> 7;
            case COMPACTED -> 8;
            case FUTURE_REVISION -> 9;
            case LEASE_NOT_FOUND -> 10;
            case LEASE_EXISTS -> 11;
            case LEASE_TTL_TOO_LARGE -> 12;
            case SESSION_EXISTS -> 13;
            case SESSION_EXPIRED -> 14;
            case TOO_MANY_SESSIONS -> 15;
            case SESSION_SEQUENCE_PASSED -> 16;
            case SESSION_SEQUENCE_AHEAD -> 17;
            case SESSION_ANSWER_NOT_KEPT -> 18;
        };
    }
}
