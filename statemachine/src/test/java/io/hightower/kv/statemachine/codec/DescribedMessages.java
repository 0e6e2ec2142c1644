package io.hightower.kv.statemachine.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Compare;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Lease;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.SessionRecord;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.SystemWrite;
import io.hightower.kv.statemachine.TxnOp;

/** Values as the messages that the description names, built and written by the protobuf library, not by our codecs. */
final class DescribedMessages {
    private final Descriptor any;

    DescribedMessages() {
        this.any = ProtoDescription.message("Entry");
    }

    DynamicMessage entry(Entry entry) {
        DynamicMessage.Builder message = begin("Entry");
        set(message, "logical_time_millis", entry.logicalTimeMillis());
        entry.commands().forEach(command -> add(message, "commands", command(command)));
        return message.build();
    }

    private DynamicMessage command(Command command) {
        DynamicMessage.Builder message = begin("Command");
        if (command instanceof Command.Put put) {
            return set(message, "put", put(put)).build();
        } else if (command instanceof Command.Delete delete) {
            DynamicMessage.Builder inner = begin("Delete");
            set(inner, "key", delete.key());
            set(inner, "version", delete.version());
            return set(message, "delete", inner.build()).build();
        } else if (command instanceof Command.DeleteRange delete) {
            return set(message, "delete_range", deleteRange(delete)).build();
        } else if (command instanceof Command.Batch batch) {
            DynamicMessage.Builder inner = begin("Batch");
            batch.commands().forEach(each -> add(inner, "commands", command(each)));
            return set(message, "batch", inner.build()).build();
        } else if (command instanceof Command.ReleaseTombstones release) {
            DynamicMessage.Builder inner = begin("ReleaseTombstones");
            set(inner, "through_revision", release.throughRevision());
            set(inner, "count_max", release.countMax());
            return set(message, "release_tombstones", inner.build()).build();
        } else if (command instanceof Command.Txn txn) {
            return set(message, "txn", txn(txn)).build();
        } else if (command instanceof Command.WriteSystem write) {
            DynamicMessage.Builder inner = begin("WriteSystem");
            write.writes().forEach(each -> add(inner, "writes", systemWrite(each)));
            return set(message, "write_system", inner.build()).build();
        }
        return smallCommand(message, command);
    }

    private DynamicMessage smallCommand(DynamicMessage.Builder message, Command command) {
        if (command instanceof Command.Compact compact) {
            return numbers(message, "compact", "Compact", compact.revision());
        } else if (command instanceof Command.GrantLease grant) {
            return numbers(message, "grant_lease", "GrantLease", grant.id(), grant.ttlSeconds());
        } else if (command instanceof Command.RevokeLease revoke) {
            return numbers(message, "revoke_lease", "RevokeLease", revoke.id());
        } else if (command instanceof Command.RenewLease renew) {
            return numbers(message, "renew_lease", "RenewLease", renew.id());
        } else if (command instanceof Command.ExpireLease expire) {
            return numbers(message, "expire_lease", "ExpireLease", expire.id());
        }
        return sessionCommand(message, command);
    }

    private DynamicMessage sessionCommand(DynamicMessage.Builder message, Command command) {
        if (command instanceof Command.OpenSession open) {
            return numbers(message, "open_session", "OpenSession", open.id(), open.ttlMillis());
        } else if (command instanceof Command.CloseSession close) {
            return numbers(message, "close_session", "CloseSession", close.id());
        } else if (command instanceof Command.ExpireSessions expire) {
            DynamicMessage.Builder inner = begin("ExpireSessions");
            set(inner, "count_max", expire.countMax());
            return set(message, "expire_sessions", inner.build()).build();
        } else if (command instanceof Command.InSession inSession) {
            DynamicMessage.Builder inner = begin("InSession");
            set(inner, "session", inSession.session());
            set(inner, "sequence", inSession.sequence());
            set(inner, "command", command(inSession.command()));
            return set(message, "in_session", inner.build()).build();
        }
        return numbers(message, "advance_time", "AdvanceTime");
    }

    /** Sets a field to a message whose fields from 1 on are these numbers. */
    private DynamicMessage numbers(DynamicMessage.Builder message, String name, String kind, long... numbers) {
        DynamicMessage.Builder inner = begin(kind);
        for (int i = 0; i < numbers.length; i++) {
            inner.setField(inner.getDescriptorForType().findFieldByNumber(i + 1), numbers[i]);
        }
        return set(message, name, inner.build()).build();
    }

    private DynamicMessage put(Command.Put put) {
        DynamicMessage.Builder inner = begin("Put");
        set(inner, "key", put.key());
        set(inner, "value", put.value());
        set(inner, "version", put.version());
        set(inner, "lease", put.options().lease());
        set(inner, "previous", put.options().previous());
        set(inner, "ignore_value", put.options().ignoreValue());
        set(inner, "ignore_lease", put.options().ignoreLease());
        return inner.build();
    }

    private DynamicMessage deleteRange(Command.DeleteRange delete) {
        DynamicMessage.Builder inner = begin("DeleteRange");
        setRange(inner, delete.range());
        set(inner, "previous", delete.previous());
        return inner.build();
    }

    private static void setRange(DynamicMessage.Builder message, KeyRange range) {
        set(message, "from", range.from());
        range.until().ifPresent(until -> set(message, "until", until));
    }

    private DynamicMessage systemWrite(SystemWrite write) {
        DynamicMessage.Builder inner = begin("SystemWrite");
        set(inner, "key", write.key());
        if (!write.removal()) {
            set(inner, "value", write.value());
        }
        if (write.expectedRevision() != SystemWrite.ANY) {
            set(inner, "expected_revision", write.expectedRevision());
        }
        return inner.build();
    }

    private DynamicMessage txn(Command.Txn txn) {
        DynamicMessage.Builder inner = begin("Txn");
        txn.compares().forEach(each -> add(inner, "compares", compare(each)));
        txn.success().forEach(each -> add(inner, "success", op(each)));
        txn.failure().forEach(each -> add(inner, "failure", op(each)));
        return inner.build();
    }

    private DynamicMessage op(TxnOp op) {
        DynamicMessage.Builder message = begin("TxnOp");
        if (op instanceof Command.Put put) {
            return set(message, "put", put(put)).build();
        } else if (op instanceof Command.DeleteRange delete) {
            return set(message, "delete_range", deleteRange(delete)).build();
        } else if (op instanceof Command.Txn txn) {
            return set(message, "txn", txn(txn)).build();
        }
        return set(message, "range", range((RangeRequest) op)).build();
    }

    private DynamicMessage compare(Compare compare) {
        DynamicMessage.Builder inner = begin("Compare");
        setRange(inner, compare.range());
        setChoice(inner, "target", compare.target().name());
        setChoice(inner, "operator", compare.operator().name());
        set(inner, "number", compare.number());
        set(inner, "value", compare.value());
        return inner.build();
    }

    private DynamicMessage range(RangeRequest request) {
        DynamicMessage.Builder inner = begin("RangeRequest");
        setRange(inner, request.range());
        set(inner, "revision", request.revision());
        set(inner, "limit", request.limit());
        setChoice(inner, "direction", request.sort().direction().name());
        setChoice(inner, "target", "BY_" + request.sort().target().name());
        setChoice(inner, "content", request.content().name());
        set(inner, "modify_least", request.filter().modifyLeast());
        set(inner, "modify_most", request.filter().modifyMost());
        set(inner, "create_least", request.filter().createLeast());
        set(inner, "create_most", request.filter().createMost());
        return inner.build();
    }

    DynamicMessage results(Iterable<Result> results) {
        DynamicMessage.Builder message = begin("Results");
        results.forEach(result -> add(message, "results", result(result)));
        return message.build();
    }

    DynamicMessage result(Result result) {
        DynamicMessage.Builder message = begin("Result");
        if (result instanceof Result.PutResult put) {
            DynamicMessage.Builder inner = begin("PutResult");
            set(inner, "revision", put.revision());
            setChoice(inner, "outcome", put.outcome().name());
            set(inner, "write_version", put.writeVersion());
            put.previous().ifPresent(previous -> set(inner, "previous", keyValue(previous)));
            return set(message, "put", inner.build()).build();
        } else if (result instanceof Result.DeleteResult delete) {
            DynamicMessage.Builder inner = begin("DeleteResult");
            set(inner, "revision", delete.revision());
            setChoice(inner, "outcome", delete.outcome().name());
            set(inner, "existed", delete.existed());
            return set(message, "delete", inner.build()).build();
        } else if (result instanceof Result.DeleteRangeResult delete) {
            DynamicMessage.Builder inner = begin("DeleteRangeResult");
            set(inner, "revision", delete.revision());
            set(inner, "deleted", delete.deleted());
            delete.previous().forEach(each -> add(inner, "previous", keyValue(each)));
            return set(message, "delete_range", inner.build()).build();
        } else if (result instanceof Result.BatchResult batch) {
            DynamicMessage.Builder inner = begin("BatchResult");
            set(inner, "revision", batch.revision());
            batch.results().forEach(each -> add(inner, "results", result(each)));
            return set(message, "batch", inner.build()).build();
        } else if (result instanceof Result.RangeResult range) {
            DynamicMessage.Builder inner = begin("RangeResult");
            set(inner, "revision", range.revision());
            range.keyValues().forEach(each -> add(inner, "key_values", keyValue(each)));
            set(inner, "more", range.more());
            set(inner, "count", range.count());
            return set(message, "range", inner.build()).build();
        } else if (result instanceof Result.TxnResult txn) {
            DynamicMessage.Builder inner = begin("TxnResult");
            set(inner, "revision", txn.revision());
            set(inner, "succeeded", txn.succeeded());
            txn.results().forEach(each -> add(inner, "results", result(each)));
            return set(message, "txn", inner.build()).build();
        }
        return smallResult(message, result);
    }

    private DynamicMessage smallResult(DynamicMessage.Builder message, Result result) {
        if (result instanceof Result.ReleaseResult release) {
            DynamicMessage.Builder inner = begin("ReleaseResult");
            set(inner, "revision", release.revision());
            set(inner, "released", release.released());
            set(inner, "more", release.more());
            return set(message, "release", inner.build()).build();
        } else if (result instanceof Result.CompactResult compact) {
            return numbers(message, "compact", "CompactResult", compact.revision(), compact.compactRevision());
        } else if (result instanceof Result.LeaseResult lease) {
            return numbers(message, "lease", "LeaseResult", lease.revision(), lease.id(), lease.ttlSeconds());
        } else if (result instanceof Result.SessionResult session) {
            return numbers(message, "session", "SessionResult", session.revision(), session.id(), session.ttlMillis());
        } else if (result instanceof Result.TimeResult time) {
            return numbers(message, "time", "TimeResult", time.revision(), time.logicalTimeMillis());
        } else if (result instanceof Result.RevokeResult revoke) {
            DynamicMessage.Builder inner = begin("RevokeResult");
            set(inner, "revision", revoke.revision());
            set(inner, "revoked", revoke.revoked());
            set(inner, "deleted", revoke.deleted());
            return set(message, "revoke", inner.build()).build();
        } else if (result instanceof Result.SystemResult system) {
            DynamicMessage.Builder inner = begin("SystemResult");
            set(inner, "revision", system.revision());
            set(inner, "written", system.written());
            set(inner, "system_revision", system.systemRevision());
            return set(message, "system", inner.build()).build();
        }
        Result.Refused refused = (Result.Refused) result;
        DynamicMessage.Builder inner = begin("Refused");
        set(inner, "revision", refused.revision());
        setChoice(inner, "refusal", refused.refusal().name());
        set(inner, "compact_revision", refused.compactRevision());
        return set(message, "refused", inner.build()).build();
    }

    private DynamicMessage keyValue(KeyValue shown) {
        DynamicMessage.Builder message = begin("KeyValue");
        set(message, "key", shown.key());
        set(message, "value", shown.value());
        set(message, "create_revision", shown.createRevision());
        set(message, "mod_revision", shown.modRevision());
        set(message, "version", shown.version());
        set(message, "write_version", shown.writeVersion());
        set(message, "lease", shown.lease());
        return message.build();
    }

    DynamicMessage system(SystemRecord entry) {
        DynamicMessage.Builder message = begin("SystemRecord");
        set(message, "key", entry.key());
        set(message, "value", entry.value());
        set(message, "mod_revision", entry.modRevision());
        return message.build();
    }

    DynamicMessage lease(Lease lease) {
        DynamicMessage.Builder message = begin("Lease");
        set(message, "ttl_seconds", lease.ttlSeconds());
        set(message, "expiry_millis", lease.expiryMillis());
        return message.build();
    }

    DynamicMessage session(SessionRecord session) {
        DynamicMessage.Builder message = begin("Session");
        set(message, "ttl_millis", session.ttlMillis());
        set(message, "used_millis", session.usedMillis());
        set(message, "sequence", session.sequence());
        if (!session.answer().isEmpty()) {
            set(message, "answer", result(SessionCodec.decodeAnswer(session.answer())));
        }
        return message.build();
    }

    DynamicMessage record(KeyRecord entry) {
        DynamicMessage.Builder message = begin("KeyRecord");
        set(message, "key", entry.key());
        set(message, "live", entry.live());
        set(message, "value", entry.value());
        set(message, "create_revision", entry.createRevision());
        set(message, "modified_main", entry.modified().main());
        set(message, "modified_sub", entry.modified().sub());
        set(message, "version", entry.version());
        set(message, "write_version", entry.writeVersion());
        set(message, "lease", entry.lease());
        return message.build();
    }

    DynamicMessage applied(AppliedState applied) {
        DynamicMessage.Builder message = begin("AppliedState");
        set(message, "term", applied.position().term());
        set(message, "index", applied.position().index());
        set(message, "revision", applied.revision());
        set(message, "latest_version", applied.latestVersion());
        set(message, "released_revision", applied.releasedRevision());
        set(message, "logical_time_millis", applied.logicalTimeMillis());
        set(message, "live_keys", applied.liveKeys());
        set(message, "tombstones", applied.tombstones());
        set(message, "records_hash", applied.recordsHash());
        set(message, "compact_revision", applied.compactRevision());
        set(message, "system_hash", applied.systemHash());
        return message.build();
    }

    private DynamicMessage.Builder begin(String message) {
        return DynamicMessage.newBuilder(any.getFile().findMessageTypeByName(message));
    }

    private static DynamicMessage.Builder set(DynamicMessage.Builder message, String name, Object value) {
        Object described = value instanceof Bytes bytes ? ByteString.copyFrom(bytes.toByteArray()) : value;
        return message.setField(field(message, name), described);
    }

    private static void setChoice(DynamicMessage.Builder message, String name, String choice) {
        FieldDescriptor field = field(message, name);
        message.setField(field, field.getEnumType().findValueByName(choice));
    }

    private static void add(DynamicMessage.Builder message, String name, DynamicMessage value) {
        message.addRepeatedField(field(message, name), value);
    }

    private static FieldDescriptor field(DynamicMessage.Builder message, String name) {
        return message.getDescriptorForType().findFieldByName(name);
    }
}
