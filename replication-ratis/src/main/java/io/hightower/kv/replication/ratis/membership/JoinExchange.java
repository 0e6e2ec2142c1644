package io.hightower.kv.replication.ratis.membership;

import io.hightower.kv.statemachine.api.ClusterId;
import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.MemberId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a member with an empty directory asks, and what it is told.
 *
 * <pre>
 * question   token, own peer address: texts; oldest and newest format understood: u8
 * answer     status u8   1: known   2: refused   3: ask again later
 *            known: cluster id u64, member id u64, count u16, of each member: id u64, address
 *            otherwise: the reason, a text
 * text       u16 length, UTF-8
 * </pre>
 *
 * <p>Numbers are big-endian.
 */
public final class JoinExchange {
    private static final byte KNOWN = 1;
    private static final byte REFUSED = 2;
    private static final byte LATER = 3;
    private static final int BYTES_MAX = 1 << 20;

    private JoinExchange() {}

    /**
     * The question of a member that wants to join. <b>Immutable.</b>
     *
     * @param token the cluster's token
     * @param address where the others are to reach the member
     * @param formats what its release understands
     */
    public record Question(String token, String address, FormatRange formats) {
        /** Returns the bytes of the question. */
        public byte[] encode() {
            ByteBuffer out = ByteBuffer.allocate(2 + 2 + 3 * (token.length() + address.length()) + 2);
            putText(out, token);
            putText(out, address);
            out.put((byte) formats.oldest()).put((byte) formats.newest());
            return written(out);
        }

        /** Reads a question; nothing if it is none. */
        public static Optional<Question> decode(byte[] bytes) {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            try {
                String token = text(in);
                String address = text(in);
                FormatRange formats = new FormatRange(Byte.toUnsignedInt(in.get()), Byte.toUnsignedInt(in.get()));
                return Optional.of(new Question(token, address, formats));
            } catch (BufferUnderflowException | IllegalArgumentException e) {
                return Optional.empty();
            }
        }
    }

    /**
     * The answer. <b>Immutable.</b>
     *
     * @param admission who the member is; nothing if it cannot join, or not now
     * @param reason why not; empty if it can
     * @param isFinal whether asking again is of no use
     */
    public record Answer(Optional<Admission> admission, String reason, boolean isFinal) {
        /** Returns the answer to a member that was added. */
        public static Answer known(Admission admission) {
            return new Answer(Optional.of(admission), "", true);
        }

        /** Returns the answer to one that must not join. */
        public static Answer refused(String reason) {
            return new Answer(Optional.empty(), reason, true);
        }

        /** Returns the answer of a member that does not know at the moment. */
        public static Answer later(String reason) {
            return new Answer(Optional.empty(), reason, false);
        }

        /** Returns the bytes of the answer. */
        public byte[] encode() {
            ByteBuffer out = ByteBuffer.allocate(BYTES_MAX);
            if (admission.isEmpty()) {
                out.put(isFinal ? REFUSED : LATER);
                putText(out, reason);
                return written(out);
            }
            Admission who = admission.get();
            out.put(KNOWN).putLong(who.cluster().value()).putLong(who.member().value());
            out.putShort((short) who.members().size());
            for (MemberRecord member : who.members()) {
                out.putLong(member.id().value());
                putText(out, member.address());
            }
            return written(out);
        }

        /** Reads an answer; nothing if it is none. */
        public static Optional<Answer> decode(byte[] bytes) {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            try {
                byte status = in.get();
                return switch (status) {
                    case KNOWN -> Optional.of(known(admission(in)));
                    case REFUSED -> Optional.of(refused(text(in)));
                    case LATER -> Optional.of(later(text(in)));
                    default -> Optional.empty();
                };
            } catch (BufferUnderflowException e) {
                return Optional.empty();
            }
        }

        private static Admission admission(ByteBuffer in) {
            ClusterId cluster = new ClusterId(in.getLong());
            MemberId member = new MemberId(in.getLong());
            List<MemberRecord> members = new ArrayList<>();
            for (int left = Short.toUnsignedInt(in.getShort()); left > 0; left--) {
                // Names and votes are on record by the time that they matter.
                members.add(MemberRecord.of(new MemberId(in.getLong()), "", text(in), Kind.VOTER));
            }
            return new Admission(cluster, member, members);
        }
    }

    /**
     * Who a member is that was added. <b>Immutable.</b>
     *
     * @param cluster the number of the cluster
     * @param member the number of the member that asks
     * @param members all members with their addresses
     */
    public record Admission(ClusterId cluster, MemberId member, List<MemberRecord> members) {
        /** Copies the list. */
        public Admission {
            members = List.copyOf(members);
        }
    }

    private static void putText(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.putShort((short) bytes.length).put(bytes);
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

    private static byte[] written(ByteBuffer out) {
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }
}
