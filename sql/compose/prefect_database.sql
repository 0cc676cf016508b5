-- Run once by the postgres image, when its volume is new: the Prefect server's own database.
CREATE DATABASE prefect;
