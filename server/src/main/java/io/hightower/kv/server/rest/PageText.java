package io.hightower.kv.server.rest;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.OutputStream;

/** The text of a page while it is put together; every byte is charged. <b>Used by one thread at a time.</b> */
final class PageText extends OutputStream {
    private final ByteBudget.Charge charge;
    private final Buffer text = Buffer.buffer();

    /** The pages that clients have not taken yet leave no room. An {@link IOException}, since Jackson lets those pass. */
    static final class NoRoom extends IOException {
        private static final long serialVersionUID = 1L;
    }

    PageText(ByteBudget.Charge charge) {
        this.charge = charge;
    }

    @Override
    public void write(int oneByte) throws NoRoom {
        requireRoom(1);
        text.appendByte((byte) oneByte);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws NoRoom {
        requireRoom(length);
        text.appendBytes(bytes, offset, length);
    }

    private void requireRoom(int bytes) throws NoRoom {
        if (!charge.tryGrow(bytes)) {
            throw new NoRoom();
        }
    }

    /** Returns what was written. */
    Buffer text() {
        return text;
    }
}
