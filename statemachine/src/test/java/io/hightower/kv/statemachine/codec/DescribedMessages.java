package io.hightower.kv.statemachine.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Result;

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
            DynamicMessage.Builder inner = begin("Put");
            set(inner, "key", put.key());
            set(inner, "value", put.value());
            set(inner, "version", put.version());
            return set(message, "put", inner.build()).build();
        } else if (command instanceof Command.Delete delete) {
            DynamicMessage.Builder inner = begin("Delete");
            set(inner, "key", delete.key());
            set(inner, "version", delete.version());
            return set(message, "delete", inner.build()).build();
        } else if (command instanceof Command.DeleteRange delete) {
            DynamicMessage.Builder inner = begin("DeleteRange");
            set(inner, "from", delete.range().from());
            delete.range().until().ifPresent(until -> set(inner, "until", until));
            return set(message, "delete_range", inner.build()).build();
        } else if (command instanceof Command.Batch batch) {
            DynamicMessage.Builder inner = begin("Batch");
            batch.commands().forEach(each -> add(inner, "commands", command(each)));
            return set(message, "batch", inner.build()).build();
        }
        Command.ReleaseTombstones release = (Command.ReleaseTombstones) command;
        DynamicMessage.Builder inner = begin("ReleaseTombstones");
        set(inner, "through_revision", release.throughRevision());
        set(inner, "count_max", release.countMax());
        return set(message, "release_tombstones", inner.build()).build();
    }

    DynamicMessage results(Iterable<Result> results) {
        DynamicMessage.Builder message = begin("Results");
        results.forEach(result -> add(message, "results", result(result)));
        return message.build();
    }

    private DynamicMessage result(Result result) {
        DynamicMessage.Builder message = begin("Result");
        if (result instanceof Result.PutResult put) {
            DynamicMessage.Builder inner = begin("PutResult");
            set(inner, "revision", put.revision());
            setOutcome(inner, put.outcome().name());
            set(inner, "write_version", put.writeVersion());
            return set(message, "put", inner.build()).build();
        } else if (result instanceof Result.DeleteResult delete) {
            DynamicMessage.Builder inner = begin("DeleteResult");
            set(inner, "revision", delete.revision());
            setOutcome(inner, delete.outcome().name());
            set(inner, "existed", delete.existed());
            return set(message, "delete", inner.build()).build();
        } else if (result instanceof Result.DeleteRangeResult delete) {
            DynamicMessage.Builder inner = begin("DeleteRangeResult");
            set(inner, "revision", delete.revision());
            set(inner, "deleted", delete.deleted());
            return set(message, "delete_range", inner.build()).build();
        } else if (result instanceof Result.BatchResult batch) {
            DynamicMessage.Builder inner = begin("BatchResult");
            set(inner, "revision", batch.revision());
            batch.results().forEach(each -> add(inner, "results", result(each)));
            return set(message, "batch", inner.build()).build();
        }
        Result.ReleaseResult release = (Result.ReleaseResult) result;
        DynamicMessage.Builder inner = begin("ReleaseResult");
        set(inner, "revision", release.revision());
        set(inner, "released", release.released());
        set(inner, "more", release.more());
        return set(message, "release", inner.build()).build();
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
        return message.build();
    }

    private DynamicMessage.Builder begin(String message) {
        return DynamicMessage.newBuilder(any.getFile().findMessageTypeByName(message));
    }

    private static DynamicMessage.Builder set(DynamicMessage.Builder message, String name, Object value) {
        Object described = value instanceof Bytes bytes ? ByteString.copyFrom(bytes.toByteArray()) : value;
        return message.setField(field(message, name), described);
    }

    private static void setOutcome(DynamicMessage.Builder message, String name) {
        FieldDescriptor field = field(message, "outcome");
        message.setField(field, field.getEnumType().findValueByName(name));
    }

    private static void add(DynamicMessage.Builder message, String name, DynamicMessage value) {
        message.addRepeatedField(field(message, name), value);
    }

    private static FieldDescriptor field(DynamicMessage.Builder message, String name) {
        return message.getDescriptorForType().findFieldByName(name);
    }
}
