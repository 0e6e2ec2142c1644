package io.hightower.kv.replication.ratis.membership;

import io.hightower.kv.statemachine.MembershipException;
import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.MemberId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a member that was asked for a change of members says to the leader, and what it is told.
 *
 * <pre>
 * request   what u8   1: add   2: remove   3: promote   4: move   5: lead
 *           flags u8  1: add without a vote   2: asked before, the answer was lost
 *           id u64, address text
 * answer    status u8 1: done   2: refused   3: not the leader, or not now; nothing happened   4: not known
 *           reason text (the name of a MembershipException.Reason), message text
 * text      u16 length, UTF-8
 * </pre>
 *
 * <p>Numbers are big-endian. The id of a member that is added comes with the request, so that a request can be repeated.
 */
public final class ChangeExchange {
    private static final int LEARNER = 1;
    private static final int REPEATED = 2;

    private ChangeExchange() {}

    /** What is asked for. The numbers are part of what members tell each other. */
    public enum What {
        /** Add a member. */
        ADD(1),
        /** Remove one. */
        REMOVE(2),
        /** Give one a vote. */
        PROMOTE(3),
        /** Note another address of one. */
        MOVE(4),
        /** Have one lead. */
        LEAD(5);

        private final int code;

        What(int code) {
            this.code = code;
        }
    }

    /**
     * The request. <b>Immutable.</b>
     *
     * @param what what is asked for
     * @param id of which member
     * @param address where an added or moved member is; empty otherwise
     * @param kind whether an added member gets a vote
     * @param repeated whether it was asked before and may have been done
     */
    public record Request(What what, MemberId id, String address, Kind kind, boolean repeated) {
        /** Returns a request that concerns a member as it is. */
        public static Request of(What what, MemberId id) {
            return new Request(what, id, "", Kind.VOTER, false);
        }

        /** Returns the same request after its answer was lost. */
        public Request again() {
            return new Request(what, id, address, kind, true);
        }

        /** Returns the bytes of the request. */
        public byte[] encode() {
            byte[] text = address.getBytes(StandardCharsets.UTF_8);
            int flags = (kind == Kind.LEARNER ? LEARNER : 0) | (repeated ? REPEATED : 0);
            return ByteBuffer.allocate(2 + Long.BYTES + 2 + text.length)
                    .put((byte) what.code)
                    .put((byte) flags)
                    .putLong(id.value())
                    .putShort((short) text.length)
                    .put(text)
                    .array();
        }

        /** Reads a request; nothing if it is none. */
        public static Optional<Request> decode(byte[] bytes) {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            try {
                int code = in.get();
                int flags = in.get();
                MemberId id = new MemberId(in.getLong());
                String address = text(in);
                Kind kind = (flags & LEARNER) != 0 ? Kind.LEARNER : Kind.VOTER;
                return Arrays.stream(What.values())
                        .filter(what -> what.code == code)
                        .findFirst()
                        .map(what -> new Request(what, id, address, kind, (flags & REPEATED) != 0));
            } catch (BufferUnderflowException e) {
                return Optional.empty();
            }
        }
    }

    /** How a request ended. The numbers are part of what members tell each other. */
    public enum Status {
        /** It is on record, or done. */
        DONE(1),
        /** It must not be. */
        REFUSED(2),
        /** Nothing happened; another member may be able to do it, or this one later. */
        NOT_NOW(3),
        /** It may have been done. */
        UNKNOWN(4);

        private final int code;

        Status(int code) {
            this.code = code;
        }
    }

    /**
     * The answer. <b>Immutable.</b>
     *
     * @param status how it ended
     * @param reason why it was refused; the name of a reason, empty otherwise
     * @param message the words for people; empty if it is done
     */
    public record Answer(Status status, String reason, String message) {
        /** The answer to a request that is on record. */
        public static final Answer DONE = new Answer(Status.DONE, "", "");

        /** Returns the answer to a request that must not be. */
        public static Answer refused(MembershipException e) {
            return new Answer(Status.REFUSED, e.reason().name(), String.valueOf(e.getMessage()));
        }

        /** Returns the answer of a member that cannot do it now. */
        public static Answer notNow(String message) {
            return new Answer(Status.NOT_NOW, "", message);
        }

        /** Returns the answer to a request that may have been done. */
        public static Answer unknown(String message) {
            return new Answer(Status.UNKNOWN, "", message);
        }

        /** Returns the refusal. */
        public MembershipException refusal() {
            MembershipException.Reason known = Arrays.stream(MembershipException.Reason.values())
                    .filter(value -> value.name().equals(reason))
                    .findFirst()
                    .orElse(MembershipException.Reason.UNHEALTHY);
            return new MembershipException(known, message);
        }

        /** Returns the bytes of the answer. */
        public byte[] encode() {
            byte[] why = reason.getBytes(StandardCharsets.UTF_8);
            byte[] words = message.getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.allocate(1 + 2 + why.length + 2 + words.length)
                    .put((byte) status.code)
                    .putShort((short) why.length)
                    .put(why)
                    .putShort((short) words.length)
                    .put(words)
                    .array();
        }

        /** Reads an answer; one that cannot be read tells nothing about what happened. */
        public static Answer decode(byte[] bytes) {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            try {
                int code = in.get();
                String why = text(in);
                String words = text(in);
                return Arrays.stream(Status.values())
                        .filter(status -> status.code == code)
                        .findFirst()
                        .map(status -> new Answer(status, why, words))
                        .orElseGet(() -> unknown("The answer of the leader cannot be read"));
            } catch (BufferUnderflowException e) {
                return unknown("The answer of the leader cannot be read");
            }
        }
    }

    private static String text(ByteBuffer in) {
        int length = Short.toUnsignedInt(in.getShort());
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
