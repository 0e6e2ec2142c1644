package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import java.nio.ByteBuffer;
import java.util.List;

/** A disk that refuses to go on after its first failed sync: whoever tried again would be told that all is well. */
final class WatchedDisk implements Disk {
    private final Disk disk;
    private final Poison poison;

    WatchedDisk(Disk disk, Poison poison) {
        this.disk = disk;
        this.poison = poison;
    }

    private void syncing(Runnable sync) {
        poison.requireNone();
        try {
            sync.run();
        } catch (StorageException e) {
            poison.take(e);
            throw e;
        }
    }

    @Override
    public DiskFile create(String name) {
        return new WatchedFile(disk.create(name));
    }

    @Override
    public DiskFile open(String name) {
        return new WatchedFile(disk.open(name));
    }

    @Override
    public boolean exists(String name) {
        return disk.exists(name);
    }

    @Override
    public List<String> list() {
        return disk.list();
    }

    @Override
    public void rename(String from, String to) {
        poison.requireNone();
        disk.rename(from, to);
    }

    @Override
    public void delete(String name) {
        poison.requireNone();
        disk.delete(name);
    }

    @Override
    public void linkTo(String name, Disk target) {
        disk.linkTo(name, target);
    }

    @Override
    public void syncDirectory() {
        syncing(disk::syncDirectory);
    }

    @Override
    public long freeBytes() {
        return disk.freeBytes();
    }

    @Override
    public DirectoryLock lock() {
        return disk.lock();
    }

    @Override
    public String description() {
        return disk.description();
    }

    private final class WatchedFile implements DiskFile {
        private final DiskFile file;

        WatchedFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public long length() {
            return file.length();
        }

        @Override
        public int read(long offset, ByteBuffer target) {
            return file.read(offset, target);
        }

        @Override
        public void write(long offset, ByteBuffer source) {
            poison.requireNone();
            file.write(offset, source);
        }

        @Override
        public void writeDurably(long offset, ByteBuffer source) {
            syncing(() -> file.writeDurably(offset, source));
        }

        @Override
        public void truncate(long length) {
            poison.requireNone();
            file.truncate(length);
        }

        @Override
        public void sync() {
            syncing(file::sync);
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
