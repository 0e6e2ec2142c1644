/**
 * The bytes of entries, results, records and scalars: the only place that knows wire numbers.
 *
 * <pre>
 * EntryCodec    log payload and proposal       format version byte, then protobuf message Entry
 * ResultCodec   answer from member to member   format version byte, then protobuf message Results
 * RecordCodec   content of snapshots           protobuf messages KeyRecord and AppliedState
 * LeaseCodec, SessionCodec   what the system key space keeps of a lease and of a session
 * EtcdKeyValue  what etcd's hash is made of    protobuf message mvccpb.KeyValue, as etcd stores it
 * </pre>
 *
 * <p>The messages are described in {@code src/main/proto/hightower.proto}; they are read and written field by field, in
 * ascending order of field numbers, with default values left out, so that equal values have equal bytes. Decoders refuse
 * unknown versions, unknown fields and trailing bytes. Thread-safe: there is no state.
 */
@NullMarked
package io.hightower.kv.statemachine.codec;

import org.jspecify.annotations.NullMarked;
