package io.hightower.kv.storage.simulated;

import io.hightower.kv.statemachine.StorageException;

/** The simulated disk has no power: the operation did not complete, and none will until the disk is reopened. */
public final class PowerLostException extends StorageException {
    private static final long serialVersionUID = 1L;

    PowerLostException(String operation) {
        super("The simulated disk lost power: operation=" + operation);
    }
}
