-- The service does not run as superuser: row-level security would not hold for it.
CREATE ROLE careway LOGIN PASSWORD 'careway';
CREATE DATABASE careway OWNER careway;
