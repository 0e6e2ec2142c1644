package io.hightower.kv.statemachine;

/**
 * The bytes of one command: those of keys and values, and a generous bound of what its encoding adds. <b>Used by one thread at
 * a time.</b>
 */
final class Weight implements Command.Cases<Weight>, TxnOp.Kinds<Weight> {
    /** Two tags with their lengths, two lengths of keys and values, a version. */
    private static final int COMMAND_BYTES = 32;

    /** A lease and three flags. */
    private static final int OPTIONS_BYTES = 24;

    /** Two numbers of ten bytes with their tags, and the tags and lengths around them. */
    private static final int NUMBERS_BYTES = 64;

    /** Six numbers of ten bytes, four small ones, and the tags and lengths around them. */
    private static final int RANGE_BYTES = 112;

    private long payload;
    private long overhead;

    private Weight() {}

    static Weight of(Command command) {
        return command.match(new Weight());
    }

    /** Returns the bytes of keys and values. */
    long payloadBytes() {
        return payload;
    }

    /** Returns an upper bound of the encoded bytes. */
    long totalBytes() {
        return payload + overhead;
    }

    private Weight add(long payloadBytes, int overheadBytes) {
        payload += payloadBytes;
        overhead += overheadBytes;
        return this;
    }

    private static long bytes(KeyRange range) {
        return (long) range.from().length() + range.until().map(Bytes::length).orElse(0);
    }

    @Override
    public Weight put(Command.Put put) {
        int options = put.options().equals(PutOptions.NONE) ? 0 : OPTIONS_BYTES;
        return add((long) put.key().length() + put.value().length(), COMMAND_BYTES + options);
    }

    @Override
    public Weight delete(Command.Delete delete) {
        return add(delete.key().length(), COMMAND_BYTES);
    }

    @Override
    public Weight deleteRange(Command.DeleteRange delete) {
        return add(bytes(delete.range()), COMMAND_BYTES);
    }

    @Override
    public Weight batch(Command.Batch batch) {
        batch.commands().forEach(command -> command.match(this));
        return add(0, COMMAND_BYTES);
    }

    @Override
    public Weight releaseTombstones(Command.ReleaseTombstones release) {
        return add(0, COMMAND_BYTES);
    }

    @Override
    public Weight range(RangeRequest range) {
        return add(bytes(range.range()), RANGE_BYTES);
    }

    @Override
    public Weight txn(Command.Txn txn) {
        txn.compares()
                .forEach(compare -> add(bytes(compare.range()) + compare.value().length(), NUMBERS_BYTES));
        txn.success().forEach(op -> op.matchOp(this));
        txn.failure().forEach(op -> op.matchOp(this));
        return add(0, COMMAND_BYTES);
    }

    @Override
    public Weight compact(Command.Compact command) {
        return add(0, NUMBERS_BYTES);
    }

    @Override
    public Weight grantLease(Command.GrantLease command) {
        return add(0, NUMBERS_BYTES);
    }

    @Override
    public Weight revokeLease(Command.RevokeLease command) {
        return add(0, NUMBERS_BYTES);
    }

    @Override
    public Weight renewLease(Command.RenewLease command) {
        return add(0, NUMBERS_BYTES);
    }

    @Override
    public Weight expireLease(Command.ExpireLease command) {
        return add(0, NUMBERS_BYTES);
    }

    @Override
    public Weight advanceTime(Command.AdvanceTime command) {
        return add(0, COMMAND_BYTES);
    }

    @Override
    public Weight writeSystem(Command.WriteSystem command) {
        for (SystemWrite write : command.writes()) {
            add((long) write.key().length() + write.value().length(), NUMBERS_BYTES);
        }
        return add(0, COMMAND_BYTES);
    }

    @Override
    public Weight openSession(Command.OpenSession command) {
        return add(0, NUMBERS_BYTES);
    }

    @Override
    public Weight inSession(Command.InSession command) {
        return command.command().match(this).add(0, NUMBERS_BYTES);
    }

    @Override
    public Weight closeSession(Command.CloseSession command) {
        return add(0, NUMBERS_BYTES);
    }

    @Override
    public Weight expireSessions(Command.ExpireSessions command) {
        return add(0, COMMAND_BYTES);
    }
}
