package io.hightower.kv.statemachine;

/** One operation in a branch of a {@link Command.Txn}: a put, a range delete, a reading, or a transaction inside. */
public sealed interface TxnOp permits Command.Put, Command.DeleteRange, Command.Txn, RangeRequest {
    /** Calls the one method of {@code kinds} that fits this operation. */
    <R> R matchOp(Kinds<R> kinds);

    /** One method per operation, see {@link Command.Cases}. */
    interface Kinds<R> {
        /** Handles a put. */
        R put(Command.Put op);

        /** Handles a range delete. */
        R deleteRange(Command.DeleteRange op);

        /** Handles a reading. */
        R range(RangeRequest op);

        /** Handles a transaction inside. */
        R txn(Command.Txn op);
    }
}
