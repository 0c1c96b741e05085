-- Prefect's own database, beside the records; made when the server's folder is empty.
CREATE DATABASE prefect;
