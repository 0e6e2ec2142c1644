package io.hightower.kv.replication.ratis.transfer;

import java.io.IOException;
import java.util.Optional;

/** The calls of a transfer to one member: messages there and back, as {@code TransferFormat} draws them. */
public interface TransferCalls {
    /** Has the other member pin its state. May take as long as the other member takes to make its state durable. */
    byte[] begin(byte[] request) throws IOException;

    /** Begins to receive part of a file. The caller closes it. */
    Chunks read(byte[] request) throws IOException;

    /** Has the other member let go of a pin. Does not wait, and does not fail. */
    void end(byte[] request);

    /** Chunks on their way. <b>Used by one thread at a time.</b> */
    interface Chunks extends AutoCloseable {
        /** Waits for the next chunk; nothing at the end of the file. */
        Optional<byte[]> next() throws IOException;

        /** Needs no more. Idempotent. */
        @Override
        void close();
    }
}
