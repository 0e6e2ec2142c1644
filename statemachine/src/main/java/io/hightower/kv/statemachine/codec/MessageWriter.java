package io.hightower.kv.statemachine.codec;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes the fields of protobuf messages. Each message is described once, as a {@link Body}, and walked twice: first to
 * measure it, then to write it into an array of exactly that length. <b>Used by one thread at a time.</b>
 */
final class MessageWriter {
    /** Null while measuring. */
    private @Nullable CodedOutputStream out;

    private int measured;

    /** The lengths of the messages inside, in the order in which they begin. */
    private int[] lengths = new int[8];

    private int messages;

    private MessageWriter() {}

    /** The fields of one message, in ascending order of their numbers. */
    interface Body {
        void writeTo(MessageWriter writer) throws IOException;
    }

    /** Encodes a message without anything before it. */
    static byte[] encode(Body body) {
        return encode(body, new byte[0]);
    }

    /** Returns how many bytes {@link #encode} would return. Takes no room for them. */
    static int measure(Body body) {
        try {
            MessageWriter writer = new MessageWriter();
            body.writeTo(writer);
            return writer.measured;
        } catch (IOException e) {
            throw new UncheckedIOException("Measuring failed", e);
        }
    }

    /** Encodes a message behind a version byte. */
    static byte[] encodeVersioned(byte version, Body body) {
        return encode(body, new byte[] {version});
    }

    private static byte[] encode(Body body, byte[] head) {
        try {
            MessageWriter writer = new MessageWriter();
            body.writeTo(writer);
            return writer.write(body, head);
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory failed", e);
        }
    }

    /** Writes what was measured. */
    private byte[] write(Body body, byte[] head) throws IOException {
        byte[] encoded = new byte[head.length + measured];
        System.arraycopy(head, 0, encoded, 0, head.length);
        CodedOutputStream target = CodedOutputStream.newInstance(encoded, head.length, measured);
        out = target;
        messages = 0;
        body.writeTo(this);
        InvariantViolation.check(target.spaceLeft() == 0, "a message is as long as it was measured");
        return encoded;
    }

    /** Writes a number unless it is 0; it is taken as unsigned. */
    void number(int field, long value) throws IOException {
        if (value == 0) {
            return;
        }
        if (out == null) {
            measured += CodedOutputStream.computeUInt64Size(field, value);
        } else {
            out.writeUInt64(field, value);
        }
    }

    /** Writes a number also when it is 0, for fields whose presence means something. */
    void presentNumber(int field, long value) throws IOException {
        if (value != 0) {
            number(field, value);
        } else if (out == null) {
            measured += CodedOutputStream.computeUInt64Size(field, 0);
        } else {
            out.writeUInt64(field, 0);
        }
    }

    /** Writes a number in eight bytes unless it is 0. */
    void fixed(int field, long value) throws IOException {
        if (value == 0) {
            return;
        }
        if (out == null) {
            measured += CodedOutputStream.computeFixed64Size(field, value);
        } else {
            out.writeFixed64(field, value);
        }
    }

    /** Writes {@code true}; {@code false} is left out. */
    void flag(int field, boolean value) throws IOException {
        number(field, value ? 1 : 0);
    }

    /** Writes bytes unless they are empty. */
    void bytes(int field, Bytes value) throws IOException {
        if (!value.isEmpty()) {
            presentBytes(field, value);
        }
    }

    /** Writes bytes also when they are empty, for fields whose presence means something. */
    void presentBytes(int field, Bytes value) throws IOException {
        if (out == null) {
            measured += CodedOutputStream.computeTagSize(field)
                    + CodedOutputStream.computeUInt32SizeNoTag(value.length())
                    + value.length();
        } else {
            out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(value.length());
            out.write(value.asByteBuffer());
        }
    }

    /** Writes a message inside this one, also when it has no fields. */
    void message(int field, Body body) throws IOException {
        int number = messages++;
        if (out != null) {
            out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(lengths[number]);
            body.writeTo(this);
            return;
        }
        int before = measured;
        body.writeTo(this);
        int length = measured - before;
        if (number >= lengths.length) {
            lengths = Arrays.copyOf(lengths, Math.max(messages, 2 * lengths.length));
        }
        lengths[number] = length;
        measured += CodedOutputStream.computeTagSize(field) + CodedOutputStream.computeUInt32SizeNoTag(length);
    }
}
