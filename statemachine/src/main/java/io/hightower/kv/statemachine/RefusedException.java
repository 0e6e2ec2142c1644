package io.hightower.kv.statemachine;

/** A request was refused for what it asks, see {@link Refusal}. Nothing happened; the same request is refused again. */
public final class RefusedException extends HightowerException {
    private static final long serialVersionUID = 1L;

    private final Refusal refusal;

    /** Says why. */
    public RefusedException(Refusal refusal) {
        super(refusal.text());
        this.refusal = refusal;
    }

    /** Returns why. */
    public Refusal refusal() {
        return refusal;
    }
}
