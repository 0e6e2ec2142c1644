package io.hightower.kv.statemachine;

import java.util.Optional;

/**
 * A condition of a {@link Command.Txn} on what one key or each key of a range holds before the transaction.
 *
 * <p>A range holds if each of its keys does. A key that holds no value, and a range of no keys, counts as version 0, revisions
 * 0 and no lease; on a value it never holds, whatever the operator is. <b>Immutable.</b>
 *
 * @param range the key, as {@link KeyRange#single}, or the range
 * @param target what of each key is compared
 * @param operator how it must compare with what is given here
 * @param number what it is compared with, unless the target is the value; 0 then
 * @param value what the value is compared with; empty for other targets
 */
public record Compare(KeyRange range, Target target, Operator operator, long number, Bytes value) {
    /** What of a key is compared. */
    public enum Target {
        /** {@link KeyValue#version}. */
        VERSION,
        /** {@link KeyValue#createRevision}. */
        CREATE,
        /** {@link KeyValue#modRevision}. */
        MODIFY,
        /** {@link KeyValue#value}, as unsigned bytes. */
        VALUE,
        /** {@link KeyValue#lease}, as a signed number. */
        LEASE
    }

    /** How what is stored must compare with what is given. */
    public enum Operator {
        /** Equal. */
        EQUAL,
        /** Stored is greater. */
        GREATER,
        /** Stored is less. */
        LESS,
        /** Not equal. */
        NOT_EQUAL
    }

    /** Refuses a number beside a value and a value beside a number: it would be ignored. */
    public Compare {
        boolean stray = target == Target.VALUE ? number != 0 : !value.isEmpty();
        if (stray) {
            throw new IllegalArgumentException("A condition compares either a number or a value: target=" + target
                    + " number=" + number + " value=" + value);
        }
    }

    /** Returns a condition on a number. */
    public static Compare number(KeyRange range, Target target, Operator operator, long number) {
        return new Compare(range, target, operator, number, Bytes.EMPTY);
    }

    /** Returns a condition on a value. */
    public static Compare value(KeyRange range, Operator operator, Bytes value) {
        return new Compare(range, Target.VALUE, operator, 0, value);
    }

    /** Tells whether a key that holds a value fulfils the condition. */
    public boolean holds(KeyValue stored) {
        return switch (target) {
            case VERSION -> holds(Long.compare(stored.version(), number));
            case CREATE -> holds(Long.compare(stored.createRevision(), number));
            case MODIFY -> holds(Long.compare(stored.modRevision(), number));
            case VALUE -> holds(stored.value().compareTo(value));
            case LEASE -> holds(Long.compare(stored.lease(), number));
        };
    }

    /** Tells whether a key that holds no value fulfils the condition. */
    public boolean holdsWithoutKey() {
        return target != Target.VALUE && holds(Long.compare(0, number));
    }

    /** Tells whether what one key holds fulfils the condition. */
    public boolean holds(Optional<KeyValue> stored) {
        return stored.isPresent() ? holds(stored.get()) : holdsWithoutKey();
    }

    private boolean holds(int order) {
        return switch (operator) {
            case EQUAL -> order == 0;
            case GREATER -> order > 0;
            case LESS -> order < 0;
            case NOT_EQUAL -> order != 0;
        };
    }
}
