package io.hightower.kv.server.listen;

/** A surface could not begin to listen on its address: the port is in use, or the address is not of this machine. */
public final class ListenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Names the address and the cause. */
    public ListenException(ListenAddress address, Throwable cause) {
        super("Cannot listen: address=" + address + " cause=" + reason(cause), cause);
    }

    private static String reason(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
