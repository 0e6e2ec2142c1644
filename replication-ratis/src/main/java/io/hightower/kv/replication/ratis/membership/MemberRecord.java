package io.hightower.kv.replication.ratis.membership;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.api.Member;
import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.MemberId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What the cluster has decided about a member, kept in the system key space under {@code member/} and the 16 hexadecimal
 * digits of the id. A record is never deleted, so that no id comes twice.
 *
 * <pre>
 * version   u8    1
 * flags     u8    1: no vote wanted (learner)   2: removed
 * newest    u8    the newest format of a cluster that its release understands, see FormatRange; 0 until it has started
 * name      u16 length, UTF-8     empty until the member has started
 * address   u16 length, UTF-8     host:port
 * </pre>
 *
 * <p>Numbers are big-endian. <b>Immutable.</b>
 *
 * @param id the member's number
 * @param name what people call it; empty until it has started
 * @param address where the others reach it
 * @param kind whether it is to vote
 * @param newestFormat the newest format of a cluster that the member's release understands; 0 until it has started
 * @param removed whether it has been removed, for good
 */
public record MemberRecord(MemberId id, String name, String address, Kind kind, int newestFormat, boolean removed) {
    private static final String KEY_PREFIX = "member/";
    private static final byte VERSION = 1;
    private static final int LEARNER = 1;
    private static final int REMOVED = 2;

    /** Returns a record of a member that belongs to the cluster, before it says what it understands. */
    public static MemberRecord of(MemberId id, String name, String address, Kind kind) {
        return new MemberRecord(id, name, address, kind, 0, false);
    }

    /** Returns the same record of a member that has been removed. */
    public MemberRecord asRemoved() {
        return new MemberRecord(id, name, address, kind, newestFormat, true);
    }

    /** Returns the same record of a member that votes. */
    public MemberRecord asVoter() {
        return new MemberRecord(id, name, address, Kind.VOTER, newestFormat, removed);
    }

    /** Returns the same record with what the member says of itself. */
    public MemberRecord withOwn(String changedName, int changedNewestFormat) {
        return new MemberRecord(id, changedName, address, kind, changedNewestFormat, removed);
    }

    /** Returns the same record with another address. */
    public MemberRecord withAddress(String changed) {
        return new MemberRecord(id, name, changed, kind, newestFormat, removed);
    }

    /** Returns what users are shown. */
    public Member toMember() {
        return new Member(id, name, address, kind);
    }

    /** Returns the key of a member's record. */
    public static Bytes key(MemberId id) {
        return Bytes.utf8(KEY_PREFIX + id);
    }

    static Bytes keyPrefix() {
        return Bytes.utf8(KEY_PREFIX);
    }

    /** Returns the value of the record. */
    public Bytes value() {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        byte[] addressBytes = address.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(3 + 2 + nameBytes.length + 2 + addressBytes.length);
        int flags = (kind == Kind.LEARNER ? LEARNER : 0) | (removed ? REMOVED : 0);
        out.put(VERSION).put((byte) flags).put((byte) newestFormat);
        out.putShort((short) nameBytes.length).put(nameBytes);
        out.putShort((short) addressBytes.length).put(addressBytes);
        return Bytes.wrap(out.array());
    }

    /**
     * Reads a record of the system key space.
     *
     * @throws FormatException if it is of another version
     * @throws CorruptionException if it is none
     */
    static MemberRecord decode(Bytes key, Bytes value) {
        String place = key.toString();
        ByteBuffer in = value.asByteBuffer();
        try {
            byte version = in.get();
            if (version != VERSION) {
                throw new FormatException("member record " + place, "version " + version, "version " + VERSION);
            }
            byte flags = in.get();
            int newestFormat = Byte.toUnsignedInt(in.get());
            String name = text(in);
            String address = text(in);
            if (in.hasRemaining() || (flags & ~(LEARNER | REMOVED)) != 0) {
                throw new CorruptionException(place, in.position(), "known flags and the end", "flags " + flags);
            }
            Kind kind = (flags & LEARNER) != 0 ? Kind.LEARNER : Kind.VOTER;
            return new MemberRecord(id(key), name, address, kind, newestFormat, (flags & REMOVED) != 0);
        } catch (BufferUnderflowException e) {
            throw new CorruptionException(place, in.position(), "a whole record", value.length() + " bytes");
        }
    }

    private static MemberId id(Bytes key) {
        String text = new String(key.toByteArray(), StandardCharsets.UTF_8);
        return MemberId.parse(text.substring(KEY_PREFIX.length()))
                .orElseThrow(() -> new CorruptionException(text, 0, "16 hexadecimal digits", text));
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
