package io.hightower.kv.storage.memtable;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.XxHash64;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The keys of a memtable in ascending order, one node each.
 *
 * <pre>
 * node    … | link 2 : 4 | link 1 : 4 | link 0 : 4 | newest version : 4 | key length : 2 | key, at least 8 bytes
 *                                      ▲ reference
 * </pre>
 *
 * <p>A link of level n leads to the next node that has a level n; of four nodes with a level one has the next level. A key
 * shorter than 8 bytes is followed by zeros, so that the first 8 bytes can be read as one big-endian number: two keys are
 * told apart by it in most cases, without touching more. Numbers other than the key are in the byte order of the machine.
 * After W. Pugh, <em>Skip Lists: A Probabilistic Alternative to Balanced Trees</em>, 1990; laid out in an arena as in
 * LevelDB. The heights come from a generator with a fixed seed, so equal insertions give equal lists.
 *
 * <p><b>Threads.</b> One writer, many readers. Of a {@code byte[]} only plain access is promised from Java 23 on, so order
 * is made by fences; that an aligned {@code int} is read and written as one holds on every machine that HotSpot runs on,
 * and a {@code byte[]} begins at a multiple of 4.
 */
final class Skiplist {
    /** The most levels; enough for 16 million keys without getting slower than logarithmic. */
    static final int LEVELS_MAX = 12;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final VarHandle LENGTH =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());
    private static final VarHandle PREFIX = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final int LINK_BYTES = 4;
    private static final int VERSION_AT = 4;
    private static final int LENGTH_AT = 8;
    private static final int KEY_AT = 10;
    private static final int KEY_BYTES_MAX = 0xffff;

    private final Arena arena = new Arena();
    private final int head;

    /** The levels in use, at least 1. A reader that sees an old number only searches longer. */
    private volatile int levels = 1;

    // The writer's.
    private final Finger writer;
    private final int[] tails = new int[LEVELS_MAX];
    private int last;
    private long seed = 0x9E3779B97F4A7C15L;
    private int size;

    /** The height of the node that was prepared and is not yet linked. */
    private int pendingHeight;

    Skiplist() {
        head = allocate(Bytes.EMPTY, LEVELS_MAX);
        last = head;
        Arrays.fill(tails, head);
        writer = new Finger(this);
    }

    /** Returns the node before the first key. */
    int head() {
        return head;
    }

    /** Returns the levels in use. */
    int levels() {
        return levels;
    }

    /** Returns the number of keys. */
    int size() {
        return size;
    }

    /** Returns the memory of the nodes. */
    Arena arena() {
        return arena;
    }

    /** Returns the next node on a level, {@link Arena#NONE} at the end. All of the node is seen. */
    int next(int node, int level) {
        int next = (int) INT.get(arena.chunk(node), Arena.position(node) - level * LINK_BYTES);
        VarHandle.acquireFence();
        return next;
    }

    /** Returns the newest version of the node's key. All of the version is seen. */
    int newest(int node) {
        int version = (int) INT.get(arena.chunk(node), Arena.position(node) + VERSION_AT);
        VarHandle.acquireFence();
        return version;
    }

    /** Makes a finished version the newest of the node's key. */
    void publish(int node, int version) {
        VarHandle.releaseFence();
        INT.set(arena.chunk(node), Arena.position(node) + VERSION_AT, version);
    }

    /** Returns the array that holds the node's key. */
    byte[] keyArray(int node) {
        return arena.chunk(node);
    }

    /** Returns where in {@link #keyArray} the key begins. */
    static int keyOffset(int node) {
        return Arena.position(node) + KEY_AT;
    }

    /** Returns the length of the node's key in bytes. */
    int keyLength(int node) {
        return (short) LENGTH.get(arena.chunk(node), Arena.position(node) + LENGTH_AT) & KEY_BYTES_MAX;
    }

    /** Tells whether the node has this key. */
    boolean hasKey(int node, Bytes key) {
        return key.contentEquals(arena.chunk(node), keyOffset(node), keyLength(node));
    }

    /** Returns the hash of the node's key. */
    long hash(int node) {
        return XxHash64.hash(arena.chunk(node), keyOffset(node), keyLength(node));
    }

    /**
     * Tells whether the node's key is less than another.
     *
     * @param prefix the first 8 bytes of the other key as {@link Bytes#prefix64} has them
     */
    boolean isBefore(int node, long prefix, byte[] key, int offset, int length) {
        byte[] chunk = arena.chunk(node);
        int place = Arena.position(node) + KEY_AT;
        long mine = (long) PREFIX.get(chunk, place);
        if (mine != prefix) {
            return Long.compareUnsigned(mine, prefix) < 0;
        }
        int end = place + keyLength(node);
        return Arrays.compareUnsigned(chunk, place, end, key, offset, offset + length) < 0;
    }

    /** Makes a node for a key that the list does not hold. Nobody sees it before {@link #link}. */
    int prepare(Bytes key) {
        InvariantViolation.check(key.length() <= KEY_BYTES_MAX, "a key in a memtable has at most 65535 bytes");
        int height = 1;
        for (long bits = nextRandom(); height < LEVELS_MAX && (bits & 3) == 0; bits >>>= 2) {
            height++;
        }
        pendingHeight = height;
        return allocate(key, height);
    }

    /** Puts the node that was prepared last into its place. */
    void link(int node) {
        int height = pendingHeight;
        byte[] chunk = arena.chunk(node);
        int place = Arena.position(node);
        int[] before = findPlace(node);
        for (int level = 0; level < height; level++) {
            int next = next(before[level], level);
            INT.set(chunk, place - level * LINK_BYTES, next);
            if (next == Arena.NONE) {
                tails[level] = node;
            }
        }
        if (tails[0] == node) {
            last = node;
        }
        VarHandle.releaseFence();
        for (int level = 0; level < height; level++) {
            int previous = before[level];
            INT.set(arena.chunk(previous), Arena.position(previous) - level * LINK_BYTES, node);
        }
        if (height > levels) {
            levels = height;
        }
        size++;
    }

    /** Returns the nodes behind which a new one belongs; at the end of the list without a search. */
    private int[] findPlace(int node) {
        byte[] chunk = arena.chunk(node);
        int offset = keyOffset(node);
        int length = keyLength(node);
        long prefix = (long) PREFIX.get(chunk, offset);
        if (last == head || isBefore(last, prefix, chunk, offset, length)) {
            System.arraycopy(tails, 0, writer.before(), 0, LEVELS_MAX);
        } else {
            writer.seek(chunk, offset, length);
        }
        return writer.before();
    }

    private int allocate(Bytes key, int height) {
        int tower = (height - 1) * LINK_BYTES;
        int bytes = tower + KEY_AT + Math.max(key.length(), Long.BYTES);
        int node = Arena.plus(arena.reserve(bytes), tower);
        arena.take(bytes);
        byte[] chunk = arena.chunk(node);
        LENGTH.set(chunk, Arena.position(node) + LENGTH_AT, (short) key.length());
        key.copyTo(chunk, keyOffset(node));
        return node;
    }

    /** The xorshift generator of G. Marsaglia with the shifts 13, 7, 17. */
    private long nextRandom() {
        seed ^= seed << 13;
        seed ^= seed >>> 7;
        seed ^= seed << 17;
        return (seed * 0x2545F4914F6CDD1DL) >>> 16;
    }
}
