package io.hightower.kv.engine;

import io.hightower.kv.statemachine.Command;

/** One thing that happens to a store in a crash test. <b>Immutable.</b> */
sealed interface CrashStep {
    /** A command is submitted and answered. */
    record Write(Command command) implements CrashStep {}

    /** The store is flushed and the log trimmed. */
    record Checkpoint() implements CrashStep {}

    /** Everything is flushed and merged, then the log trimmed. */
    record Compact() implements CrashStep {}

    /** The log is forced to disk. */
    record Flush() implements CrashStep {}

    /** What background duties do: what waited too long is flushed and merged, the log trimmed. */
    record Tend() implements CrashStep {}

    /** The store is linked into the other directory, once. */
    record CopyAway() implements CrashStep {}

    /** The state of a donor takes the place of the live one. */
    record Install(CrashDonor donor) implements CrashStep {}

    /** The store is closed, or its process killed, and opened again with other knobs. */
    record Reopen(boolean killed, SimulatedStore.Knobs knobs) implements CrashStep {}
}
