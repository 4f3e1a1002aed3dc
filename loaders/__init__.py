"""IN, WHO and OUT: Python that writes tables. Nothing here knows that Airflow exists."""
