package io.hightower.kv.statemachine.codec;

import io.hightower.kv.statemachine.KeyRecord;

/**
 * The bytes of a record as etcd keeps them: the protobuf message {@code mvccpb.KeyValue}, in ascending order of field numbers,
 * with default values left out. Field numbers and types are those of etcd's {@code kv.proto}. Thread-safe: there is no state.
 */
public final class EtcdKeyValue {
    private EtcdKeyValue() {}

    /** Encodes a value, or a tombstone, of which etcd keeps the key alone. Everything but key and value is an int64. */
    public static byte[] encode(KeyRecord record) {
        return MessageWriter.encode(writer -> {
            writer.bytes(1, record.key());
            if (record.live()) {
                writer.number(2, record.createRevision());
                writer.number(3, record.modified().main());
                writer.number(4, record.version());
                writer.bytes(5, record.value());
                writer.number(6, record.lease());
            }
        });
    }
}
