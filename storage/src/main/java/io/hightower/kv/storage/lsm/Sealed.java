package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.storage.memtable.Memtable;

/**
 * A memtable that nothing is added to any more, and waits to be flushed.
 *
 * @param memtable to count its memory
 * @param slice all of it, to read
 * @param applied the scalars after its last edit
 * @param system the records of the system key space after it
 */
record Sealed(Memtable memtable, Memtable.Slice slice, AppliedState applied, SystemRecords system) {}
